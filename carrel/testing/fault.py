"""An answer of a server that goes wrong, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from carrel.testing.wire import Chunk

End = Literal["done", "close", "reset", "stall", "drip"]
"""How a stream ends: with [DONE], without it, by a connection reset, in silence, or in endless comments."""


@dataclass(eq=False)
class Fault(Exception):
    """An answer with an error, with a malformed stream, or none at all.

    With `chunks`, the stream consists of exactly these; a client that does not stream gets the completion that they
    amount to. With `cut_after`, the server begins a normal stream of `text` and hangs up after so many chunks, the
    first of which has no text. Otherwise it answers with `status`, `body` (an object or a list is sent as JSON, text
    and bytes as they are) and `headers`; the status may be 200, for a malformed stream, or 0, to hang up without an
    answer.
    """

    status: int = 500
    body: Mapping[str, Any] | list[Any] | str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    text: str = "An answer that is never finished."
    chunks: Sequence[Chunk] | None = None
    end: End = "done"
    pause: float = 0.0
    """Seconds between two chunks, or between two comments of a `drip`."""

    def __str__(self) -> str:
        return f"HTTP {self.status}"


def problem(message: str, code: str = "") -> dict[str, Any]:
    """Return the body of an error as OpenAI sends it."""
    return {"error": {"message": message, "type": code or "error", "param": None, "code": code or None}}
