"""The paper's contract: thoughts are private, send_message speaks, heartbeats and failed calls go on."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, TextDelta, Thought, ToolReturned
from carrel.agent.limits import MAX_TRUNCATED
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import BadConfig, ModelFailed
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.models.offline.model import OfflineModel
from carrel.protocols import Reply, Request, Retrying, TextPiece
from carrel.rendering import notices
from carrel.rendering.prompt import parse_tail
from carrel.tools.memgpt import wants_heartbeat
from carrel.tools.tool import Tool, tool

Open = Callable[..., Agent]


@pytest.fixture
def opened(opened_memgpt: Open) -> Open:
    """Open homes under the paper's contract."""
    return opened_memgpt


def send(text: str, **more: Any) -> Any:
    """Return a reply that says something to the user."""
    return call("send_message", message=text, **more)


def events_of(model: ScriptedModel, number: int) -> list[dict[str, str]]:
    """Return the events that stand at the tail of a request."""
    tail = parse_tail(model.requests[number].messages[-1].text)
    return [json.loads(notice) for notice in (tail.notices if tail else ()) if notice.startswith("{")]


def test_only_what_is_sent_is_said(opened: Open) -> None:
    """The thought is an event of its own, the message streams, and the turn ends with it."""
    model = ScriptedModel([calls(say("She greets me."), send("Hello, Ada."))])
    seen = list(opened(model).session().stream("Hi"))
    answer = seen[-1]
    assert isinstance(answer, Answer)
    assert (answer.text, answer.steps) == ("Hello, Ada.", 1)
    assert [event for event in seen if isinstance(event, Thought | TextDelta)] == [
        Thought("She greets me."),
        TextDelta("Hello, Ada."),
    ]


def test_a_heartbeat_goes_on(opened: Open) -> None:
    """After a call that asks for one the model is asked again, with the event; the tool never sees the argument."""
    model = ScriptedModel([call("archival_insert", text="Bees.", request_heartbeat=True), send("Stored.")])
    ada = opened(model)
    answer = ada.session().send("I keep bees")
    assert (answer.text, answer.steps) == ("Stored.", 2)
    assert [passage.text for passage in ada.archival.latest(9)] == ["Bees."]
    assert events_of(model, 1) == [{"type": "heartbeat", "reason": notices.HEARTBEAT_REQUESTED}]


def test_a_heartbeat_may_be_text(opened: Open) -> None:
    """Models that write true as text are understood, and inner thoughts given as an argument are not the tool's."""
    script = [call("recall_search", query="x", request_heartbeat="true", inner_thoughts="Hm."), send("No.")]
    assert opened(ScriptedModel(script)).session().send("Hi").steps == 2


def test_what_asks_for_a_heartbeat() -> None:
    """True and one do, however they are written; nothing else does, nor do arguments that cannot be read."""
    wanted = [True, "true", "TRUE", " True ", "1", 1, False, "false", 0, "0", "", None, []]
    asked = [json.dumps({"request_heartbeat": item}) for item in wanted]
    assert [item for item, text in zip(wanted, asked, strict=True) if wants_heartbeat(text)] == wanted[:6]
    assert not any(wants_heartbeat(text[:-1]) for text in asked)


def test_a_failed_call_goes_on(opened: Open) -> None:
    """A call that fails gets another step without asking for it, also where something was said already."""
    model = ScriptedModel([calls(send("One moment."), call("archival_insert")), send("Sorry.")])
    answer = opened(model).session().send("Hi")
    assert answer.text == "One moment.\n\nSorry."
    assert events_of(model, 1) == [{"type": "heartbeat", "reason": notices.CALL_FAILED}]


def test_silence_is_asked_about_once(opened: Open) -> None:
    """A model that only thinks is told how to speak; if it still does not, its words are taken as the answer."""
    model = ScriptedModel([say("I should greet."), say("Hello there.")])
    answer = opened(model).session().send("Hi")
    assert answer.text == "Hello there."
    assert events_of(model, 1) == [{"type": "system_alert", "message": notices.NOTHING_SENT}]


def test_a_store_without_a_word_is_asked_about(opened: Open) -> None:
    """A memory edit without a heartbeat and without a message does not leave the user without an answer."""
    model = ScriptedModel([call("core_memory_append", label="human", content="Ada."), send("Noted.")])
    assert opened(model).session().send("I am Ada").text == "Noted."


def test_two_turns_of_nothing_fail(opened: Open) -> None:
    """A model that neither thinks nor speaks has failed."""
    with pytest.raises(ModelFailed, match="empty reply"):
        opened(ScriptedModel([say(""), say("")])).session().send("Hi")


INSERT = call("archival_insert", text="Bees.")


@pytest.mark.parametrize("said", [(), ("One moment.",)])
def test_calls_that_were_cut_off_go_on(opened: Open, said: tuple[str, ...]) -> None:
    """A reply that was cut off within its calls gets another step and more room, whatever was sent before."""
    first = [calls(send(text), call("recall_search", query="x", request_heartbeat=True)) for text in said]
    model = ScriptedModel([*first, Reply(calls(say("Let me."), INSERT), None, "length"), send("Done.")])
    ada = opened(model)
    assert ada.session().send("Hi").text == "\n\n".join([*said, "Done."])
    assert ada.archival.count() == 0
    assert f"Note: {notices.REPLY_TRUNCATED}" in model.requests[-1].messages[-1].text
    assert events_of(model, -1) == [{"type": "heartbeat", "reason": notices.CALL_FAILED}]
    before, after = (request.max_tokens or 0 for request in model.requests[-2:])
    assert after > before


def test_two_cut_replies_are_not_the_end(opened: Open) -> None:
    """After as many as there may be, the closing request comes, and its text is the answer."""
    model = ScriptedModel([*[Reply(calls(say("Hm."), INSERT), None, "length")] * MAX_TRUNCATED, say("Done.")])
    answer = opened(model).session().send("Hi")
    assert (answer.text, answer.stopped) == ("Done.", "cut")
    assert [bool(request.tools) for request in model.requests] == [True] * MAX_TRUNCATED + [False]


def test_a_thought_that_took_the_whole_reply_gets_more_room(opened: Open) -> None:
    """A model that was cut off before it could send anything is told how to speak, and may then write more."""
    model = ScriptedModel([Reply(say("Let me think. " * 9), None, "length"), send("Hello.")])
    assert opened(model).session().send("Hi").text == "Hello."
    first, second = (request.max_tokens or 0 for request in model.requests)
    assert second > first


def test_calls_that_were_left_out_go_on(opened: Open) -> None:
    """Where more calls were made than fit, the model is told to call again for the rest, also after it has spoken."""
    model = ScriptedModel([calls(send("Storing."), *[INSERT] * 40), send("Stored.")])
    assert opened(model, window=2000).session().send("Hi").text == "Storing.\n\nStored."
    assert "of your 41 calls were executed" in model.requests[1].messages[-1].text


def test_each_step_with_calls_may_be_asked_about(opened: Open) -> None:
    """An edit without a word is asked about again after a step that made calls, as often as that happens."""
    search = call("recall_search", query="x", request_heartbeat=True)
    append = call("core_memory_append", label="human", content="Ada.")
    model = ScriptedModel([append, search, calls(say("PRIVATE: she is sad."), INSERT), INSERT, send("Noted.")])
    answer = opened(model).session().send("I am Ada")
    assert (answer.text, answer.steps) == ("Noted.", 5)
    alert = {"type": "system_alert", "message": notices.NOTHING_SENT}
    beat = {"type": "heartbeat", "reason": notices.HEARTBEAT_REQUESTED}
    assert [events_of(model, number) for number in range(1, 5)] == [[alert], [beat], [alert], [alert]]


def test_a_thought_beside_a_call_is_not_the_answer(opened: Open) -> None:
    """A model that uses the calling interface and never speaks is closed at the limit; then it has failed."""
    thinking = [calls(say(f"PRIVATE {n}"), call("recall_search", query=str(n))) for n in range(3)]
    with pytest.raises(ModelFailed, match="was stopped at the limit of its steps and gave no closing answer"):
        opened(ScriptedModel([*thinking, say("")]), max_steps=3).session().send("Hi")


def test_a_thought_that_was_filtered_is_not_the_answer(opened: Open) -> None:
    """What is left of a filtered reply may have stood beside calls: it is not told to the user."""
    filtered = Reply(calls(say("PRIVATE"), INSERT), None, "content_filter")
    with pytest.raises(ModelFailed, match="filtered the reply"):
        opened(ScriptedModel([filtered, filtered])).session().send("Hi")


class Endless:
    """A model that plays a script, and then thinks without end, a word every ten seconds."""

    name = "endless"

    def __init__(self, clock: FrozenClock, *script: AssistantMessage) -> None:
        self.clock = clock
        self.script = list(script)

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Answer, or think."""
        if self.script:
            yield Reply(self.script.pop(0), finish="tool_calls")
        for n in itertools.count():
            self.clock.advance(seconds=10)
            yield TextPiece(f"PRIVATE {n} ")


@pytest.mark.parametrize("nudged", [(), (say("Hm."),)])
def test_half_a_thought_is_not_the_answer(
    opened: Open, clock: FrozenClock, nudged: tuple[AssistantMessage, ...]
) -> None:
    """A turn whose time is over in the middle of a thought, asked about before or not, fails in words."""
    with pytest.raises(ModelFailed, match="was stopped at the limit of its time and gave no closing answer"):
        opened(Endless(clock, *nudged), max_turn_seconds=60).session().send("Hi")


def test_what_was_sent_in_time_is_the_answer(opened: Open, clock: FrozenClock) -> None:
    """Half a thought adds nothing to what was sent before it, and takes nothing from it."""
    numbered = ToolCall("a", "send_message", '{"message": "One moment."}')
    search = ToolCall("b", "recall_search", '{"query": "x", "request_heartbeat": true}')
    ada = opened(Endless(clock, AssistantMessage("", (numbered, search))), max_turn_seconds=60)
    answer = ada.session().send("Hi")
    assert (answer.text, answer.finish, answer.stopped) == ("One moment.", "stop", "time")


def test_a_thought_that_is_void_is_not_told(opened: Open) -> None:
    """What was thought before a retry is no part of the thought."""

    class Broken:
        name = "broken"

        def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
            yield TextPiece("Half a")
            yield Retrying("It broke.", 0.5, discard=True)
            yield TextPiece("Whole.")
            yield Reply(AssistantMessage("Whole.", send("Hello.").calls), finish="tool_calls")

    events = opened(Broken()).session().stream("Hi")
    assert [event for event in events if isinstance(event, Thought)] == [Thought("Whole.")]


def test_what_was_said_is_found(opened: Open) -> None:
    """What the agent said is in recall as its own words, found by a search, and no heartbeat or login is."""
    model = ScriptedModel(
        [call("recall_search", query="boat", request_heartbeat=True), send("Your boat is called Walnut."), send("Bye.")]
    )
    ada = opened(model)
    chat = ada.session()
    chat.send("What is my boat called?")
    hits = ada.recall.search("boat Walnut").hits
    assert ("assistant", "Your boat is called Walnut.") in [(hit.role, hit.text) for hit in hits]
    chat.send("Bye")
    assert not [message for message in ada.recall.latest(99) if "heartbeat" in message.text or "login" in message.text]


def test_a_login_begins_a_session(opened: Open, clock: FrozenClock) -> None:
    """The first request of a session says when the one before was; no other request does."""
    model = ScriptedModel([send("One."), send("Two."), send("Three.")])
    ada = opened(model)
    chat = ada.session()
    chat.send("a")
    chat.send("b")
    clock.advance(days=2)
    ada.session().send("c")
    assert events_of(model, 0) == [{"type": "login", "last_login": "Never (first login)"}]
    assert events_of(model, 1) == []
    assert [event["type"] for event in events_of(model, 2)] == ["login"]
    assert events_of(model, 2)[0]["last_login"].startswith("2026-01-0")


def test_half_a_reply_is_no_answer_to_a_login(opened: Open) -> None:
    """Where the first reply of a session broke off, the next request begins it anew."""

    class Broken:
        name = "broken"

        def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
            yield TextPiece("PRIVATE: a new")
            raise ModelFailed("It broke.", "Ask again.")

    with pytest.raises(ModelFailed, match="It broke"):
        opened(Broken()).session().send("Hi")
    model = ScriptedModel([send("Here.")])
    assert opened(model).session("last").send("Hello?").text == "Here."
    assert events_of(model, 0) == [{"type": "login", "last_login": "Never (first login)"}]


def test_pressure_is_an_alert(opened: Open) -> None:
    """The agent is told of a flush to come by a system alert, once."""
    model = ScriptedModel(lambda request: send("Yes. " * 40) if request.tools else say("Summary."))
    chat = opened(model, window=4000).session()
    alerts = []
    for n in range(12):
        chat.send(f"{n} " + "walnut " * 60)
    for number, request in enumerate(model.requests):
        if request.tools:
            alerts += [(number, event) for event in events_of(model, number) if event["type"] == "system_alert"]
    assert alerts
    assert "Save what matters now" in alerts[0][1]["message"]


def test_the_last_step_speaks_plainly(opened: Open) -> None:
    """At the limit of steps what the model writes is the answer."""
    model = ScriptedModel([*(call("recall_search", query=str(n), request_heartbeat=True) for n in range(2)), "Enough."])
    assert opened(model, max_steps=2).session().send("Hi").text == "Enough."


@pytest.mark.parametrize("window", [2000, 4000])
def test_small_windows_hold_the_contract(opened: Open, window: int) -> None:
    """From 2,000 tokens up a turn runs, and a heartbeat is offered or told of."""
    model = ScriptedModel([send("Hello.")])
    assert opened(model, window=window).session().send("Hi").text == "Hello."
    whole = model.requests[0].messages[0].text + str(model.requests[0].tools)
    assert "request_heartbeat" in whole


def test_the_offline_model_is_understood(opened: Open) -> None:
    """A model that does not know the contract still answers."""
    ada = opened(OfflineModel())
    ada.session().send("My dog is called Rex.")
    assert "Rex" in ada.session().send("What is my dog called?").text


def test_other_contracts_are_refused(home: Path) -> None:
    """A contract that nobody knows is an error in words."""
    with pytest.raises(BadConfig, match="one of auto, native, action, text, none, memgpt"):
        Carrel.open(home, "offline", "none", flags={"contract": "oral"})


def pondering(heard: list[str]) -> Tool:
    """Return a tool that takes thoughts."""

    @tool
    def ponder(thinking: str, inner_thoughts: str = "") -> str:
        """Ponder."""
        heard.append(f"{thinking} {inner_thoughts}")
        return "Hm."

    return ponder


def test_a_tool_may_take_thoughts(opened: Open) -> None:
    """Arguments by the names of inner thoughts reach a tool that has them; the heartbeat does not."""
    heard: list[str] = []
    asked = call("ponder", thinking="Deep.", inner_thoughts="Deeper.", request_heartbeat=True)
    answer = opened(ScriptedModel([asked, send("Done.")]), (pondering(heard),)).session().send("Ponder")
    assert (answer.text, heard) == ("Done.", ["Deep. Deeper."])


@pytest.mark.parametrize(
    "arguments",
    ['{"text": "a", "text": "b", "request_heartbeat": true}', '{"text": "a", "request_heartbeat": NaN}', '["text"]'],
)
def test_bad_arguments_are_bad_with_a_heartbeat_too(opened: Open, arguments: str) -> None:
    """What the native contract refuses is refused: nothing is stored, and the model reads why."""
    model = ScriptedModel([AssistantMessage("", (ToolCall("", "archival_insert", arguments),)), send("Sorry.")])
    ada = opened(model)
    answer = ada.session().send("Store")
    assert [event.ok for event in answer.events if isinstance(event, ToolReturned)] == [False, True]
    assert "The arguments of archival_insert are not" in model.requests[1].messages[-1].text
    assert (answer.text, ada.archival.count()) == ("Sorry.", 0)
