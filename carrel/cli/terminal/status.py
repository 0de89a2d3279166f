"""What the bottom bar of the chat says: model, context, memories, tokens."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import Event

BAR_CELLS = 8


@dataclass(slots=True)
class ChatStatus:
    """The state of a chat after its last turn."""

    model: str
    context: dict[str, int] = field(default_factory=dict)
    """What each part of the last request took, in tokens."""
    limit: int = 0
    """What that request could take."""
    memories: int = 0
    """How many recalled memories were in the last turn's requests."""
    tokens: int = 0
    """Tokens sent and received since the chat began."""

    def update(self, event: "Event") -> None:
        """Take in what an event of a turn says."""
        from carrel.agent.events import Answer, ContextCompiled, PagedIn, TurnStarted

        match event:
            case TurnStarted():
                self.memories = 0
            case PagedIn(hits=hits):
                self.memories = len(hits)
            case ContextCompiled(tokens=tokens, limit=limit):
                self.context, self.limit = dict(tokens), limit
            case Answer(usage=usage):
                self.tokens += usage.prompt + usage.completion
            case _:
                pass


def format_status(status: ChatStatus, columns: int) -> str:
    """Return the line of the bottom bar, without the parts for which a narrow terminal has no room."""
    share = min(1.0, sum(status.context.values()) / status.limit) if status.limit else 0.0
    cells = round(share * BAR_CELLS)
    parts = [terminal_text(status.model)]
    if status.context:
        parts.append(f"context {share * 100:.0f} % {'▰' * cells}{'▱' * (BAR_CELLS - cells)}")
    if status.memories:
        parts.append(f"{count_memories(status.memories)} used")
    if status.tokens:
        parts.append(f"{format_tokens(status.tokens)} tokens")
    while len(parts) > 1 and len(" · ".join(parts)) > columns:
        parts.pop()
    return " · ".join(parts)


def count_memories(number: int) -> str:
    """Return a number of memories with its noun."""
    return "1 memory" if number == 1 else f"{number} memories"


def format_tokens(tokens: int) -> str:
    """Return a number of tokens in at most four characters: 950, 1.2k, 31k, 2.4M."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if tokens >= size:
            return f"{tokens / size:.1f}{unit}" if tokens < 10 * size else f"{tokens // size}{unit}"
    return str(tokens)
