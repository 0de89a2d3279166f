"""Instructions and tools are counted as they are sent."""

from dataclasses import replace

from carrel.agent.window.budget import PER_MESSAGE
from carrel.agent.window.fixed_part import FixedPart
from carrel.messages import ToolSchema, canonical
from carrel.models.tokens.estimator import Estimator

COUNTER = Estimator()
TOOLS = (ToolSchema("add", "Add.", {"properties": {}}), ToolSchema("搜索", "Search.", {"properties": {}}))


def test_the_tokens_are_those_of_what_is_sent() -> None:
    """The instructions count as a message, the tools as one list of JSON."""
    part = FixedPart.measure("Be kind.", TOOLS, COUNTER)
    assert part.tool_texts == tuple(canonical(tool.to_json()) for tool in TOOLS)
    assert part.tool_tokens == COUNTER.count(canonical([tool.to_json() for tool in TOOLS]))
    assert part.tokens == COUNTER.count("Be kind.") + PER_MESSAGE + part.tool_tokens


def test_without_tools_the_instructions_remain() -> None:
    """A request without tools has the same instructions, counts nothing for tools, and still knows their names."""
    bare = FixedPart.measure("Be kind.", TOOLS, COUNTER).without_tools()
    assert bare == replace(FixedPart.measure("Be kind.", (), COUNTER), known=TOOLS)
    assert bare.tokens == bare.instruction_tokens
