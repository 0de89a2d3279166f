"""Sessions are listed newest first, and a summary knows which messages it covers."""

from carrel.memory.inspection.session_pages import SessionLine, list_sessions, list_summaries
from carrel.memory.store import Memory
from carrel.memory.values import SessionInfo
from tests.memory.conftest import Fill, Say


def test_a_session_is_listed_with_its_counts(memory: Memory, fill: Fill, say: Say) -> None:
    """Its messages that a search can find, and its summaries, are counted."""
    fill(memory)
    page = list_sessions(memory)
    names = [(line.info.name, line.info.origin, line.info.messages, line.summaries) for line in page.sessions]
    assert names == [("letters", "import", 1, 0), ("talk", "chat", 2, 1)]
    assert page.older is None


def test_pages_follow_one_another(memory: Memory, other: Memory) -> None:
    """The pages together hold every session of the agent once, and no other agent's."""
    made = [memory.sessions.start() for _ in range(5)]
    other.sessions.start()
    first = list_sessions(memory, limit=3)
    second = list_sessions(memory, first.older, limit=3)
    assert [line.info.id for line in (*first.sessions, *second.sessions)] == made[::-1]
    assert second.older is None
    now = memory.now()
    assert first.sessions[0] == SessionLine(SessionInfo(made[-1], None, "chat", now, now, 0), 0)


def test_a_summary_covers_what_left_the_queue(memory: Memory) -> None:
    """Each summary names the first and last message that it added, their number and when they were said."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "one", "toy")
    queued = memory.queue.load(session)
    memory.queue.evict(session, turn, queued, "They said one.")
    memory.queue.evict(session, turn, [], "They said one; 又一次。")
    other_session = memory.sessions.start()
    first, second = list_summaries(memory, session)
    now = memory.now()
    assert (first.text, first.turn, first.first, first.last, first.messages) == ("They said one.", turn, 1, 1, 1)
    assert (first.since, first.until) == (now, now)
    assert (second.text, second.first, second.messages, second.since) == ("They said one; 又一次。", None, 0, None)
    assert list_summaries(memory, other_session) == []


def test_summaries_of_another_agent_are_not_seen(memory: Memory, other: Memory, fill: Fill) -> None:
    """The id of another agent's session gives nothing."""
    fill(memory)
    session = memory.sessions.find("talk")
    assert len(list_summaries(memory, session)) == 1
    assert list_summaries(other, session) == []
