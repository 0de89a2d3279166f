"""What every format has: a name, how its files are recognised, and a function that reads one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

from carrel.memory.values import NewMessage


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a file of conversations holds."""

    messages: list[NewMessage]
    """In order."""
    skipped: tuple[str, ...] = ()
    """What could not be read, a sentence each; everything else is in `messages`."""


@dataclass(frozen=True, slots=True)
class ConversationFormat:
    """A format of files with messages."""

    name: str
    read: Callable[[Path], Transcript]
    """Returns a file's messages. Raises BadFile, with the place in the file, if it is not in the format."""
    suffixes: tuple[str, ...] = ()
    """Suffixes, in lower case, of files that are in this format unless the user names another."""
    recognises: Callable[[str], bool] = lambda beginning: False
    """Whether a file is in this format, whatever its suffix, judged by the beginning of its text."""


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A format of files with text."""

    name: str
    read: Callable[[Path], list[str]]
    """Returns a document's passages in order. Raises BadFile if it is not text, or empty."""
    suffixes: tuple[str, ...] = ()
    """Suffixes, in lower case, of files that are in this format unless the user names another."""


Format = ConversationFormat | DocumentFormat


def whole(read: Callable[[Path], list[NewMessage]]) -> Callable[[Path], Transcript]:
    """Return the reader of a format in which one mistake spoils the file."""

    @wraps(read)
    def read_whole(path: Path) -> Transcript:
        return Transcript(read(path))

    return read_whole
