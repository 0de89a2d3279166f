"""A row's words, tags and place in the outbox follow what the row says now."""

import sqlalchemy as sa

from carrel.memory.db.schema import messages, outbox, passages, tags
from carrel.memory.indexing.row_index import index_row
from carrel.memory.store import Memory


def waiting(memory: Memory) -> list[tuple[str, int]]:
    """Return what waits to be embedded."""
    with memory.scope.read() as connection:
        rows = connection.execute(sa.select(outbox.c.tier, outbox.c.row).order_by(outbox.c.n))
        return [(tier, row) for tier, row in rows]


def test_a_passage_follows_its_row(memory: Memory) -> None:
    """Its new text and tags are found and the old ones are not; a deleted one leaves all indexes and can come back."""
    passage = memory.archival.insert("Ada lives in Oslo.", ["home"]).passage
    with memory.scope.write() as connection:
        this = sa.update(passages).where(passages.c.n == passage.n)
        connection.execute(this.values(text="Ada lives in Porto.", tags=["south"]))
        index_row(connection, memory.scope.fulltext, "archival", passage.n)
    assert [memory.archival.search(word, mode="words").total for word in ("oslo", "porto", "home", "south")] == [
        0,
        1,
        0,
        1,
    ]
    assert waiting(memory) == [("archival", passage.n)]
    for state, total in (("deleted", 0), ("live", 1)):
        with memory.scope.write() as connection:
            connection.execute(sa.update(passages).where(passages.c.n == passage.n).values(state=state))
            index_row(connection, memory.scope.fulltext, "archival", passage.n)
            assert connection.execute(sa.select(tags.c.tag)).scalars().all() == ["south"]
        assert memory.archival.search("porto", mode="words").total == total
        assert waiting(memory) == [("archival", passage.n)] * total


def test_a_message_without_a_place_is_not_found(memory: Memory) -> None:
    """A message is found under its speaker and its words as long as it has a place in its session."""
    _, message = memory.turns.begin(memory.sessions.start(), "I keep bees.", "m")
    for position, total in ((None, 0), (1, 1)):
        with memory.scope.write() as connection:
            this = sa.update(messages).where(messages.c.n == message.n)
            connection.execute(this.values(position=position, speaker="Ann"))
            index_row(connection, memory.scope.fulltext, "recall", message.n)
        assert memory.recall.search("bees", mode="words").total == total
        assert memory.recall.search("ann", mode="words").total == total
