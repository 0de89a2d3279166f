"""What is shown of a row that was found."""

from datetime import datetime, timedelta, timezone

from carrel.memory.store import Memory
from carrel.memory.values import NewMessage

ROME = timezone(timedelta(hours=1))


def test_hit(memory: Memory) -> None:
    """A hit carries all that a reader needs: identity, speaker, session, source and its own date, not today's."""
    at = datetime(2024, 5, 1, 8, tzinfo=ROME)
    memory.recall.load([NewMessage("user", "We saw a heron.", at, "Ann", "letters", "D1:3")])
    [stored] = memory.recall.latest(1)
    [hit] = memory.recall.search("heron").hits
    facts = (hit.id, hit.tier, hit.text, hit.at, hit.role, hit.speaker, hit.session, hit.source)
    assert facts == (stored.id, "recall", "We saw a heron.", at, "user", "Ann", "letters", "D1:3")
    assert 0 < hit.score <= 1
    passage = memory.archival.insert("Herons eat fish.", ["birds"], at, "D2").passage
    [found] = memory.archival.search("heron").hits
    more = (found.id, found.tier, found.at, found.source, found.tags, found.state)
    assert more == (passage.id, "archival", at, "D2", ("birds",), "live")
