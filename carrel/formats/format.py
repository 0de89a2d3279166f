"""What every format has: a name, the suffixes of its files, and a function that reads one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from carrel.memory.values import NewMessage


@dataclass(frozen=True, slots=True)
class ConversationFormat:
    """A format of files with messages."""

    name: str
    read: Callable[[Path], list[NewMessage]]
    """Returns a file's messages in order. Raises BadFile, with the place in the file, if anything in it is wrong."""
    suffixes: tuple[str, ...] = ()
    """Suffixes, in lower case, of files that are in this format unless the user names another."""


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A format of files with text."""

    name: str
    read: Callable[[Path], list[str]]
    """Returns a document's passages in order. Raises BadFile if it is not text, or empty."""
    suffixes: tuple[str, ...] = ()
    """Suffixes, in lower case, of files that are in this format unless the user names another."""


Format = ConversationFormat | DocumentFormat
