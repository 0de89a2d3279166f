"""An answer that goes wrong, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from carrel.testing.wire import Chunk

End = Literal["done", "close", "reset", "stall", "drip"]
"""How a stream ends: with [DONE], without it, by a reset connection, in silence, or in comments for ever."""


@dataclass(eq=False)
class Fault(Exception):
    """Answers a request with an error, an odd stream, or not at all.

    With `chunks`, the stream consists of these as they stand; a client that does not stream gets the completion that
    they come to. With `cut_after`, begin a good stream that says `text`, and hang up after so many chunks, of which
    the first says nothing. Else answer with `status`, `body` (an object is sent as JSON, text and bytes as they
    stand) and `headers`; the status may be 200, for a stream of an odd shape, or 0, to hang up without an answer.
    """

    status: int = 500
    body: Mapping[str, Any] | str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    text: str = "An answer that is never finished."
    chunks: Sequence[Chunk] | None = None
    end: End = "done"
    pause: float = 0.0
    """Seconds between two chunks, or two comments of a drip."""

    def __str__(self) -> str:
        return f"HTTP {self.status}"


def problem(message: str, code: str = "") -> dict[str, Any]:
    """Return an error in the envelope of OpenAI."""
    return {"error": {"message": message, "type": code or "error", "param": None, "code": code or None}}
