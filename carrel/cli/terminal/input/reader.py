"""The protocol of where messages come from, and what the line editor completes."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be typed at the cursor, and what it means."""

    text: str
    about: str = ""


Complete = Callable[[str], Iterable[Candidate]]
"""Returns the candidates for the last argument, given everything that is typed after a command's name."""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """What the line editor knows of a slash command."""

    name: str
    """Its name without the slash."""
    about: str
    complete: Complete | None = None


class MessageReader(Protocol):
    """Reads what the user says, one message or slash command at a time."""

    interactive: bool
    """Whether a person sits at a terminal, who can be greeted and asked."""
    multiline: bool
    """Whether Enter begins a new line, and Alt-Enter sends the message."""
    private: bool
    """Whether nothing that is typed is kept, which the prompt shows."""

    def read(self, draft: str = "") -> str | None:
        """Return the next message, clean and not empty; None at the end of the input.

        The line editor begins with the text `draft`. Raise KeyboardInterrupt at Ctrl-C.
        """

    def ask(self, question: str) -> str | None:
        """Return the answer to a question, which is no message; None where there is nobody to ask, or at Ctrl-D."""

    def pause(self) -> AbstractContextManager[None]:
        """Keep what is typed in the block, outside of `read` and `ask`, for the next one, without showing it."""
