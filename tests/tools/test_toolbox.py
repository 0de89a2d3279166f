"""Whatever the model calls, it gets a result that it can read."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import Busy, CarrelError, MemoryRefused, NotFound, StoreFailed, UsageError
from carrel.messages import ToolCall, ToolResult
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.tools.arguments import MAX_ARGUMENTS
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.tool import MAX_RESULT, Tool, ToolContext, tool
from carrel.tools.toolbox import Toolbox

REMEDY = 'Call it like this: archival_insert(text="…")'


@pytest.fixture
def context(home: Path, clock: FrozenClock) -> Iterator[ToolContext]:
    """A call's context with real memory and a turn that runs."""
    with Carrel.open(home, "offline", "none", clock) as carrel:
        memory = carrel.agent("ada").memory
        turn, _ = memory.turns.begin(memory.sessions.start(), "Hello", "m")
        yield ToolContext(memory, turn, 1, 0, 3000)


def run(context: ToolContext, name: str, arguments: str, *tools: Tool) -> ToolResult:
    """Run one call with these tools, or memory's own."""
    return Toolbox(tools or MEMORY_TOOLS).run(ToolCall("c1", name, arguments), context).result


def refused(name: str, text: str) -> ToolResult:
    """Return the result that an error makes."""
    return ToolResult("c1", name, text, ok=False)


def test_an_unknown_tool_lists_the_known(context: ToolContext) -> None:
    """A call of a tool that does not exist is answered with the names of those that do."""
    known = (
        "core_memory_append, core_memory_replace, core_memory_rethink, recall_search, "
        "archival_insert, archival_search, archival_update, archival_delete, memory_forget"
    )
    expected = refused("send_message", f"Error: Tool 'send_message' does not exist. There is: {known}.")
    assert run(context, "send_message", "{}") == expected


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("[1]", "The arguments of archival_insert are not a JSON object."),
        ('"text"', "The arguments of archival_insert are not a JSON object."),
        ("null", "The arguments of archival_insert are not a JSON object."),
        ("", "The arguments of archival_insert do not fit: text: Field required."),
        ("{}", "The arguments of archival_insert do not fit: text: Field required."),
        ('{"text": 5}', "The arguments of archival_insert do not fit: text: Input should be a valid string."),
        ('{"text": null}', "The arguments of archival_insert do not fit: text: Input should be a valid string."),
        (
            '{"text": "a", "heartbeat": true}',
            "The arguments of archival_insert do not fit: heartbeat: Extra inputs are not permitted.",
        ),
        (
            '{"text": "a", "tags": "b"}',
            "The arguments of archival_insert do not fit: tags: Input should be a valid tuple.",
        ),
        (" " * (MAX_ARGUMENTS + 1), f"The arguments of archival_insert are {MAX_ARGUMENTS + 1} characters long."),
    ],
)
def test_bad_arguments_are_told_with_a_good_call(context: ToolContext, arguments: str, complaint: str) -> None:
    """Arguments that do not fit are answered with what is wrong and the call that would succeed."""
    assert run(context, "archival_insert", arguments) == refused("archival_insert", f"Error: {complaint} {REMEDY}")
    assert context.memory.archival.count() == 0


@pytest.mark.parametrize(
    "arguments",
    ['{"text": ', "{'text': 'a'}", "text", '{"text": "a"}}', "[" * 100_000, '{"text":' * 50_000, "9" * 5000],
)
def test_what_is_not_json_is_told_with_a_good_call(context: ToolContext, arguments: str) -> None:
    """Broken, foreign and endlessly nested JSON is answered in a few words that end with the remedy."""
    result = run(context, "archival_insert", arguments)
    assert not result.ok
    assert result.text.startswith("Error: The arguments of archival_insert are not valid JSON: ")
    assert result.text.endswith(REMEDY)
    assert len(result.text) < 700


def test_a_long_error_keeps_its_remedy(context: ToolContext) -> None:
    """Where an error is longer than its room, it is its message that is cut."""
    arguments = json.dumps({"x" * 5000 + str(number): 1 for number in range(9)})
    small = ToolContext(context.memory, context.turn, 1, 0, 200)
    result = run(small, "archival_insert", arguments)
    assert result.text.endswith(REMEDY)
    assert len(result.text) <= 400


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from([item.schema.name for item in MEMORY_TOOLS]), st.data())
def test_no_arguments_break_a_tool(context: ToolContext, name: str, data: st.DataObject) -> None:
    """Any JSON of any shape in place of any argument gives a result of the room's size or an error in words."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
    known = list(next(item for item in MEMORY_TOOLS if item.schema.name == name).schema.parameters["properties"])
    arguments = data.draw(st.dictionaries(st.sampled_from([*known, "other"]), values))
    result = run(context, name, json.dumps(arguments))
    assert len(result.text) <= context.room
    assert result.ok != result.text.startswith("Error: ")


def failing(error: Exception) -> Tool:
    """Return a tool that stores something and then raises."""

    @tool(effect="memory")
    def fragile(context: ToolContext) -> str:
        """Break."""
        context.memory.archival.insert("half done")
        raise error

    return fragile


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no such\x00 thing"), "Error: fragile failed: ValueError: no such thing"),
        (RuntimeError("x" * 9000), None),
        (MemoryRefused("It is full.", "Shorten it."), "Error: It is full. Shorten it."),
        (NotFound("It is gone.", "Search."), "Error: It is gone. Search."),
    ],
)
def test_a_tool_that_raises_becomes_a_result(context: ToolContext, error: Exception, text: str | None) -> None:
    """A failing tool is a short result that says why, and does not end the turn."""
    result = run(context, "fragile", "{}", failing(error))
    assert not result.ok
    assert result.text == text if text else len(result.text) < 500


def test_a_memory_tool_that_hangs_changes_nothing(home: Path) -> None:
    """After its time limit what it changed is undone, it can change no more, and the turn goes on."""
    waits, refused = threading.Event(), threading.Event()

    @tool(effect="memory", timeout=0.2)
    def hang(context: ToolContext) -> None:
        """Hang."""
        context.memory.archival.insert("Bees.")
        waits.wait(10)
        try:
            context.memory.archival.insert("Ants.")
        except UsageError:
            refused.set()

    model = ScriptedModel([call("hang"), call("archival_insert", text="Whole."), say("Done.")])
    with Carrel.open(home, model, "none", tools=(hang,)) as carrel:
        ada = carrel.agent("ada")
        answer = ada.session().send("Go")
        waits.set()
        assert refused.wait(10)
        texts = [(message.ok, message.text) for message in ada.recall.of_turn(answer.turn) if message.tool == "hang"]
        assert texts == [(False, "Error: hang did not end within 0.2 seconds. Nothing was changed.")]
        assert [passage.text for passage in ada.archival.latest(9)] == ["Whole."]
        assert [event.after for event in answer.memory] == ["Whole."]


def test_a_memory_tool_that_writes_elsewhere(home: Path) -> None:
    """A memory tool that writes by an agent of its own is told at once which memory to use."""
    agents: list[Agent] = []

    @tool(effect="memory")
    def stray() -> None:
        """Stray."""
        agents[0].archival.insert("Bees.")

    with Carrel.open(home, ScriptedModel([call("stray"), say("Done.")]), "none", tools=(stray,)) as carrel:
        agents.append(carrel.agent("ada"))
        answer = agents[0].session().send("Go")
        (result,) = [message.text for message in agents[0].recall.of_turn(answer.turn) if message.tool]
        assert result.startswith("Error: A transaction is open already")
        assert result.endswith("context.memory.")
        assert agents[0].archival.count() == 0


@pytest.mark.parametrize("error", [StoreFailed("Disk full."), Busy("In use."), CarrelError("Anything else.")])
def test_what_no_call_can_mend_goes_up(context: ToolContext, error: CarrelError) -> None:
    """A broken or busy store is no result: it ends the turn."""
    with pytest.raises(type(error)) as caught:
        run(context, "fragile", "{}", failing(error))
    assert caught.value is error


def test_a_failed_call_leaves_nothing_behind(home: Path) -> None:
    """What a failing tool had changed in memory is taken back with it."""
    model = ScriptedModel([call("fragile"), call("archival_insert", text="Whole."), say("Done.")])
    with Carrel.open(home, model, "none", tools=(failing(ValueError("half way")),)) as carrel:
        ada = carrel.agent("ada")
        answer = ada.session().send("Go")
        assert [passage.text for passage in ada.archival.latest(9)] == ["Whole."]
        assert [(event.op, event.after) for event in answer.memory] == [("insert", "Whole.")]
        texts = [(message.ok, message.text[:40]) for message in ada.recall.of_turn(answer.turn) if message.tool]
        assert texts[0] == (False, "Error: fragile failed: ValueError: half ")
        assert texts[1][0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "Done."),
        ("plain\x1b[31m", "plain[31m"),
        ({"a": [1, "ä"]}, '{"a": [1, "ä"]}'),
        (3.5, "3.5"),
        ({(1, 2): 3}, "{(1, 2): 3}"),
    ],
)
def test_any_value_becomes_text(context: ToolContext, value: object, text: str) -> None:
    """What a tool returns is shown as JSON, or as Python shows it, and cleaned."""

    @tool(effect="none")
    def give() -> object:
        """Give."""
        return value

    assert run(context, "give", "{}", give) == ToolResult("c1", "give", text)


def test_a_value_that_cannot_be_shown_is_a_failure(context: ToolContext) -> None:
    """An object whose text cannot be made is the tool's own mistake, and a result like any other."""

    class Mute:
        def __str__(self) -> str:
            raise LookupError("no words")

    @tool(effect="none")
    def give() -> object:
        """Give."""
        return Mute()

    assert run(context, "give", "{}", give) == refused("give", "Error: give failed: LookupError: no words")


def test_a_long_result_is_kept_up_to_a_bound(context: ToolContext) -> None:
    """A result of any length is kept up to a bound and says what it was; main context shows a part."""

    @tool
    def shout() -> str:
        """Shout."""
        return "a" * 1_000_000

    result = run(context, "shout", "{}", shout)
    assert len(result.text) == MAX_RESULT
    assert result.text.endswith(" […cut: 1000000 characters]")


def test_effects_are_as_declared() -> None:
    """A tool acts on the outside unless it says otherwise; an unknown one does nothing."""

    @tool
    def post() -> None:
        """Post."""

    box = Toolbox([*MEMORY_TOOLS, post])
    effects = [box.effect(name) for name in ("post", "archival_insert", "recall_search", "unknown")]
    assert effects == ["outside", "memory", "none", "none"]
