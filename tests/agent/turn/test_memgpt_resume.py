"""The paper's contract where a turn breaks off: what was sent stays said, and what was thought stays private."""

from collections.abc import Callable
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, TextDelta, ToolReturned
from carrel.errors import ModelFailed, ModelUnreachable
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Reply
from carrel.rendering import notices
from tests.agent.turn.kills import die_at
from tests.agent.turn.test_memgpt import send

Open = Callable[..., Agent]


@pytest.fixture
def opened(opened_memgpt: Open) -> Open:
    """Open homes under the paper's contract."""
    return opened_memgpt


def test_a_thought_is_never_the_answer_of_a_resumed_turn(opened: Open) -> None:
    """What the model wrote before the server failed is private; it is asked on, and what it sends is the answer."""
    first = say("PRIVATE: she sounds sad.")
    with pytest.raises(ModelUnreachable):
        opened(ScriptedModel([first, ModelUnreachable("Down.")])).session().send("Hi")
    model = ScriptedModel([send("Hello, Ada.")])
    *events, answer = opened(model).session("last").resume()
    assert isinstance(answer, Answer)
    assert (answer.text, len(model.requests)) == ("Hello, Ada.", 1)
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Hello, Ada."]


def test_what_was_sent_before_counts(opened: Open) -> None:
    """A message that was sent before the turn broke off stands in the answer, and silence is not complained of."""
    first = calls(send("Hello, Ada."), call("recall_search", query="x", request_heartbeat=True))
    with pytest.raises(ModelUnreachable):
        opened(ScriptedModel([first, ModelUnreachable("Down.")])).session().send("Hi")
    model = ScriptedModel([say("PRIVATE: I said it.")])
    *_, answer = opened(model).session("last").resume()
    assert isinstance(answer, Answer)
    assert answer.text == "Hello, Ada."
    assert notices.NOTHING_SENT not in model.requests[0].messages[-1].text


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (
            [
                call("core_memory_append", label="human", content="Ada."),
                call("recall_search", query="x", request_heartbeat=True),
                call("archival_insert", text="Bees."),
                send("Done."),
            ],
            "Done.",
        ),
        (
            [
                calls(send("One moment."), call("recall_search", query="x", request_heartbeat=True)),
                Reply(call("archival_insert", text="Bees and"), None, "length"),
                send("There."),
            ],
            "One moment.\n\nThere.",
        ),
        ([Reply(call("archival_insert", text="Bees and"), None, "length")] * 1 + [send("Yes.")], "Yes."),
    ],
)
def test_it_goes_on_where_the_native_contract_does(opened: Open, script: list[Any], text: str) -> None:
    """After a step that did something, silence is asked about anew; a reply that was cut off is no end."""
    assert opened(ScriptedModel(script)).session().send("Hi").text == text


def test_a_thought_beside_a_call_is_no_answer(opened: Open) -> None:
    """Who uses the calling interface knows the contract: what is written beside a call stays private."""
    script = [say("Hm."), calls(say("PRIVATE: store the boat."), call("archival_insert", text="A boat."))]
    with pytest.raises(ModelFailed):
        opened(ScriptedModel(script)).session().send("Hi")


def test_the_login_comes_with_the_first_answer(opened: Open) -> None:
    """A session whose first turn failed still begins with the login event, in the next turn and in a resumed one."""
    model = ScriptedModel([ModelUnreachable("Down."), ModelUnreachable("Down."), send("Hello."), send("Yes?")])
    ada = opened(model)
    chat = ada.session()
    with pytest.raises(ModelUnreachable):
        chat.send("Hi")
    with pytest.raises(ModelUnreachable):
        list(chat.resume())
    chat.send("Hi again")
    chat.send("And again")
    logins = ['"type":"login"' in request.messages[-1].text for request in model.requests]
    assert logins == [True, True, True, False]


def test_what_is_sent_by_a_resumed_call_is_said(opened: Open) -> None:
    """A call of send_message that was left open is executed on resume, and its text reaches the user."""
    model = ScriptedModel([calls(call("archival_insert", text="Bees."), send("Stored."))])
    ada = opened(model)
    die_at(ada.session(), "I keep bees", ToolReturned)
    again = opened(ScriptedModel([say("PRIVATE: done.")]))
    *events, answer = again.session("last").resume()
    assert isinstance(answer, Answer)
    assert answer.text == "Stored."
    assert "Stored." in [event.text for event in events if isinstance(event, TextDelta)]
