"""What every request of a turn begins with: the instructions and the tool schemas. Pure."""

from dataclasses import dataclass, replace
from typing import Self

from carrel.agent.window.budget import PER_MESSAGE
from carrel.messages import ToolSchema, canonical
from carrel.protocols import TokenCounter


@dataclass(frozen=True, slots=True)
class FixedPart:
    """The instructions and the tools, with the tokens that each takes."""

    instructions: str
    instruction_tokens: int
    tools: tuple[ToolSchema, ...] = ()
    tool_texts: tuple[str, ...] = ()
    """The schemas as JSON, as they are sent."""
    tool_tokens: int = 0

    @classmethod
    def measure(cls, instructions: str, tools: tuple[ToolSchema, ...], counter: TokenCounter) -> Self:
        """Return the part with its tokens counted."""
        bodies = [tool.to_json() for tool in tools]
        return cls(
            instructions=instructions,
            instruction_tokens=counter.count(instructions) + PER_MESSAGE,
            tools=tools,
            tool_texts=tuple(map(canonical, bodies)),
            tool_tokens=counter.count(canonical(bodies)) if bodies else 0,
        )

    @property
    def tokens(self) -> int:
        """What both take together."""
        return self.instruction_tokens + self.tool_tokens

    def without_tools(self) -> Self:
        """Return the instructions alone."""
        return replace(self, tools=(), tool_texts=(), tool_tokens=0)
