"""What all formats share."""

from pathlib import Path

from carrel.formats.format import ConversationFormat, Transcript, whole
from carrel.memory.values import NewMessage


def read_one(path: Path) -> list[NewMessage]:
    """Return a message that says the name of the file."""
    return [NewMessage("user", path.name)]


def test_a_reader_that_reads_all_or_nothing_skips_nothing() -> None:
    """It is known by its own module, and recognises nothing unless told how."""
    made = ConversationFormat("x", whole(read_one))
    assert made.read(Path("a")) == Transcript([NewMessage("user", "a")])
    assert (made.read.__module__, made.recognises("anything")) == (__name__, False)
