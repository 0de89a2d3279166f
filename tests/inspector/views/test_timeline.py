"""Sessions come with their messages and summaries, and each summary with the messages that it covers."""

from itertools import pairwise

import pytest

from carrel.errors import NotFound
from tests.inspector.conftest import Ask


def test_sessions_are_listed(ask: Ask) -> None:
    """The newest first, an import with its name."""
    chat, imported = ask("sessions")["sessions"]
    assert (imported["name"], imported["origin"], imported["messages"]) == ("spring", "import", 5)
    assert (chat["origin"], chat["messages"]) == ("chat", 24)
    assert chat["summaries"] > 0
    assert ask("sessions", limit="1")["older"] is not None


def test_a_summary_covers_messages_of_its_session(ask: Ask) -> None:
    """The messages between the first and last number of a summary are as many as it says, said between its moments."""
    session = ask("session", id="last", limit="500")
    assert session["older"] is None
    for summary in session["summaries"]:
        covered = [m for m in session["messages"] if summary["first"] <= m["n"] <= summary["last"]]
        assert summary["messages"] == len(covered) > 0
        assert (summary["since"], summary["until"]) == (covered[0]["at"], covered[-1]["at"])
    spans = [(summary["first"], summary["last"]) for summary in session["summaries"]]
    assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_messages_are_paged_from_the_newest(ask: Ask) -> None:
    """A page is in the order of the conversation, and the one before it ends where it begins."""
    last = ask("session", id="last", limit="4")
    before = ask("session", id=last["id"], limit="4", before=str(last["older"]))
    numbers = [message["n"] for message in (*before["messages"], *last["messages"])]
    assert len(numbers) == 8
    assert numbers == sorted(numbers)
    with pytest.raises(NotFound):
        ask("session", id="s-nothing")
