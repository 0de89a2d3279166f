"""Under the contracts below the native one a turn of a small model is short, and ends with a reply."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.events import Answer, ContractChosen, TextDelta
from carrel.agent.prompts import prompt
from carrel.agent.turn.contracts import CONTRACTS
from carrel.bootstrap import Carrel
from carrel.messages import canonical
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.models.tokens.estimator import Estimator
from carrel.rendering.prompt import split_tail
from carrel.rendering.written_calls import action_schema, render_reply_action
from carrel.testing.fake_server import FakeServer
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.memory.search import memory_search
from carrel.tools.tool import tool

CORE = action_schema([memory_search.schema])
REPLY = action_schema(())


def action(**value: Any) -> str:
    """Return an action as a model writes it."""
    return json.dumps(value, ensure_ascii=False)


def test_a_turn_of_actions(home: Path) -> None:
    """A search, then the reply, which streams; the history shows actions, and recall holds only what was said."""
    model = ScriptedModel([say(action(memory_search="tea")), say(action(reply="Green."))])
    with Carrel.open(home, model, "none", flags={"contract": "action"}) as carrel:
        ada = carrel.agent("ada")
        ada.archival.insert("The tea of the house is green.")
        events = list(ada.session().stream("Which tea do they serve?"))
        said = [(message.role, message.text) for message in ada.recall.latest(9) if message.role != "tool"]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Green."
    assert isinstance(events[-1], Answer)
    assert events[-1].tool_calls[0].arguments == '{"query": "tea"}'
    assert sorted(said) == [("assistant", ""), ("assistant", "Green."), ("user", "Which tea do they serve?")]
    first, second = model.requests
    assert [request.tools for request in model.requests] == [(), ()]
    assert (first.schema, second.schema) == (CORE, CORE)
    assert second.messages[-2].text == '{"memory_search": "tea"}'
    assert split_tail(second.messages[-1].text)[0].startswith("Result: 1 results")


def test_a_search_that_is_repeated_is_the_last(home: Path) -> None:
    """After two calls only a reply is asked for; a call that is made all the same is not executed."""
    model = ScriptedModel([say(action(memory_search=word)) for word in "ab"] + [say(action(reply="I don't know."))])
    with Carrel.open(home, model, "none", flags={"contract": "action"}) as carrel:
        answer = carrel.agent("ada").session().send("Which tea do they serve?")
    assert (answer.text, answer.stopped) == ("I don't know.", None)
    assert [request.schema for request in model.requests] == [CORE, CORE, REPLY]


def test_a_turn_of_calls_in_text(home: Path) -> None:
    """The tools stand in the instructions, calls and results are text."""
    call = '<tool_call>{"name": "memory_search", "arguments": {"query": "tea"}}</tool_call>'
    model = ScriptedModel([say(call), say("Green.")])
    with Carrel.open(home, model, "none", flags={"contract": "text"}) as carrel:
        answer = carrel.agent("ada").session().send("Which tea do they serve?")
    assert (answer.text, [made.name for made in answer.tool_calls]) == ("Green.", ["memory_search"])
    assert call.replace("tea", "...") in model.requests[0].messages[0].text
    assert model.requests[1].messages[-2].text == call
    assert [(request.tools, request.schema) for request in model.requests] == [((), None)] * 2


def test_a_turn_without_calls(home: Path) -> None:
    """The model is told of no tools; what the user says is kept all the same."""
    model = ScriptedModel([say("Hello, Ada!"), say("Bonn.")])
    with Carrel.open(home, model, "none", flags={"contract": "none"}) as carrel:
        ada = carrel.agent("ada")
        ada.session().send("My name is Ada. I live in Bonn.")
        assert ada.session().send("Where do I live?").text == "Bonn."
        assert ada.core["human"].value == "My name is Ada.\nI live in Bonn."
    assert "memory_search" not in model.requests[0].messages[0].text
    assert "I live in Bonn." in model.requests[1].messages[0].text


def test_users_own_tools_are_offered_on_every_rung(home: Path) -> None:
    """Beside the search, or beside all tools of memory where that is set."""

    @tool
    def post(text: str, times: int) -> str:
        """Post a text. Everybody can read it."""
        return f"{text} posted {times} times"

    said = [say(action(post={"text": "Tea", "times": 2})), say(action(reply="Posted."))]
    for tools, names in (
        ("core", ["memory_search", "post"]),
        ("all", [*(t.schema.name for t in MEMORY_TOOLS), "post"]),
    ):
        model = ScriptedModel(said)
        flags = {"contract": "action", "tools": tools}
        with Carrel.open(home, model, "none", tools=(post,), flags=flags) as carrel:
            assert carrel.agent("ada").session().send("Post it.").text == "Posted."
        actions = (model.requests[0].schema or {})["anyOf"]
        assert [next(iter(action["properties"])) for action in actions] == ["reply", *names]
        assert "Result: Tea posted 2 times" in model.requests[1].messages[-1].text


@pytest.mark.parametrize("rung", ["action", "text", "none"])
@pytest.mark.parametrize("tools", ["core", "all"])
def test_prompts_of_small_models_are_short(rung: Any, tools: Any) -> None:
    """Instructions, tools and example take at most 450 tokens."""
    contract = CONTRACTS[rung, tools]
    offered = [memory_search.schema] if contract.tools == "core" else [tool.schema for tool in MEMORY_TOOLS]
    text = contract.calling.describe(prompt(contract.prompts.instructions), offered)
    assert "{tools}" not in text
    assert Estimator().count(text) <= 450


@pytest.mark.network
def test_an_unknown_model_is_asked_once(home: Path) -> None:
    """The rung is found at its first turn, told in one event, and kept in the home."""
    flags = {"model": "tiny"}
    with FakeServer([render_reply_action("Hello."), render_reply_action("Bye.")], obeys="action") as server:
        for text, chosen in (("Hi", 1), ("Bye", 0)):
            with Carrel.open(home, embedder="none", flags={**flags, "base_url": server.url}) as carrel:
                answer = carrel.agent("ada").session().send(text)
            assert len([event for event in answer.events if isinstance(event, ContractChosen)]) == chosen
        assert len(server.probes) == 2
        assert [canonical(request["response_format"]["json_schema"]["schema"]) for request in server.requests] == [
            canonical(CORE)
        ] * 2
    known = json.loads((home / "capabilities.json").read_text(encoding="utf-8"))[f"{server.url} tiny"]
    assert (known["contract"], known["contract_evidence"]) == ("action", "found by probing")


@pytest.mark.network
def test_a_model_that_fails_is_moved_down_once(home: Path) -> None:
    """Two replies that ignore the schema are still answers; then the next rung is used, and that is told once."""
    replies = [render_reply_action("One."), "Two.", "Three.", "Four.", "Five."]
    flags = {"model": "tiny", "base_url": ""}
    told: list[ContractChosen] = []
    with FakeServer(replies, obeys="action") as server:
        for text in ("Hi", "Hello", "Hi"):
            with Carrel.open(home, embedder="none", flags={**flags, "base_url": server.url}) as carrel:
                answer = carrel.agent("ada").session().send(text)
            told += [event for event in answer.events if isinstance(event, ContractChosen)]
        server.obeys = "text"
        for text in ("Hello", "Hi"):
            with Carrel.open(home, embedder="none", flags={**flags, "base_url": server.url}) as carrel:
                answer = carrel.agent("ada").session().send(text)
            told += [event for event in answer.events if isinstance(event, ContractChosen)]
    assert answer.text == "Five."
    assert [(event.contract, event.before) for event in told] == [("action", None), ("text", "action")]
    assert ["response_format" in request for request in server.requests] == [True, True, True, False, False]
