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
    """The tools that are offered."""
    tool_texts: tuple[str, ...] = ()
    """The schemas as JSON, where they are sent as such; else the instructions describe the tools."""
    tool_tokens: int = 0
    known: tuple[ToolSchema, ...] = ()
    """Tools that are not offered: calls of them are only told apart from the text."""

    @classmethod
    def measure(
        cls, instructions: str, tools: tuple[ToolSchema, ...], counter: TokenCounter, native: bool = True
    ) -> Self:
        """Return the part with its tokens counted; tools that are not `native` are described in the instructions."""
        bodies = [tool.to_json() for tool in tools] if native else []
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
        """Return the instructions alone; calls of the tools are still told apart from the text."""
        return replace(self, tools=(), tool_texts=(), tool_tokens=0, known=(*self.tools, *self.known))
