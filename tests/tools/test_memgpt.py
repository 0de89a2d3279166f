"""The tools of the paper's contract: what belongs to the loop is taken out of a call, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.messages import ToolCall
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.memgpt import HEARTBEAT, HeartbeatToolbox, parse_sent_message, send_message, wants_heartbeat
from carrel.tools.tool import ToolContext, tool


@pytest.fixture
def context(home: Path, clock: FrozenClock) -> Iterator[ToolContext]:
    """A call's context with real memory and a turn that runs."""
    with Carrel.open(home, "offline", "none", clock) as carrel:
        memory = carrel.agent("ada").memory
        turn, _ = memory.turns.begin(memory.sessions.start(), "Hello", "m")
        yield ToolContext(memory, turn, 1, 0, 3000)


def test_every_tool_but_send_message_takes_a_heartbeat() -> None:
    """The schemas say so; in a small window send_message replaces a tool of core memory, and nothing is forgotten."""
    box = HeartbeatToolbox([*MEMORY_TOOLS, send_message])
    takes = {schema.name: HEARTBEAT in schema.parameters["properties"] for schema in box.schemas}
    assert takes == {schema.name: schema.name != "send_message" for schema in box.schemas}
    assert {schema.name for schema in box.schemas} - {schema.name for schema in box.lean_schemas} == {
        "core_memory_rethink",
        "memory_forget",
    }


def test_what_is_said_is_found_in_recall(context: ToolContext) -> None:
    """A message that is sent stands in recall as the agent's; an empty one is refused with a good call."""
    box = HeartbeatToolbox([send_message])
    sent = box.run(ToolCall("c1", "send_message", json.dumps({"message": " 你好。 "})), context).result
    assert (sent.ok, sent.text) == (True, "Sent.")
    assert [(m.role, m.text) for m in context.memory.recall.of_turn(context.turn)][-1] == ("assistant", "你好。")
    refused = box.run(ToolCall("c2", "send_message", '{"message": " "}'), context).result
    assert (refused.ok, refused.text.startswith("Error: The message is empty.")) == (False, True)


def test_a_tool_gets_its_own_arguments_and_no_others(context: ToolContext) -> None:
    """The heartbeat and thoughts are taken out, unless the tool has a parameter of that name."""

    @tool(effect="none")
    def think(thinking: str) -> str:
        """Think."""
        return thinking

    given = json.dumps({"thinking": "Hm.", "inner_thoughts": "So.", HEARTBEAT: True})
    assert HeartbeatToolbox([think]).run(ToolCall("c1", "think", given), context).result.text == "Hm."


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ('{"request_heartbeat": true}', True),
        ('{"request_heartbeat": "True"}', True),
        ('{"request_heartbeat": 1}', True),
        ('{"request_heartbeat": false}', False),
        ("{}", False),
        ('{"request_heartbeat": ', False),
    ],
)
def test_a_heartbeat_is_read_as_models_write_it(arguments: str, wanted: bool) -> None:
    """Text and numbers count as true; what is not JSON asks for nothing."""
    assert wants_heartbeat(arguments) == wanted


@pytest.mark.parametrize(
    ("arguments", "message"),
    [('{"message": " Hi\\u0000. "}', "Hi."), ('{"message": 5}', ""), ("{}", ""), ('{"message": "cut o', "")],
)
def test_the_message_of_a_call(arguments: str, message: str) -> None:
    """It is clean text; where there is none it is empty."""
    assert parse_sent_message(arguments) == message
