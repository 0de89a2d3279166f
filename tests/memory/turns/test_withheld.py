"""What is withheld from models stays in memory."""

from carrel.rendering.memories import WITHHELD
from tests.memory.turns.talk import Talk


def test_a_turn_that_is_withheld_leaves_the_queue(talk: Talk) -> None:
    """Its messages are marked and stay in recall; reopened, the turn stands in the queue as before."""
    said = talk.ask()
    queued = talk.memory.queue.load(talk.session)
    talk.memory.withheld.add_turn(talk.session, talk.turn)
    assert talk.memory.queue.load(talk.session) == []
    assert talk.memory.recall.of_turn(talk.turn) == queued
    assert (talk.memory.withheld.holds("recall", said.n), talk.memory.withheld.holds("archival", said.n)) == (
        True,
        False,
    )
    assert talk.memory.withheld.follows(talk.session, said.n + 1)
    assert talk.memory.review_cursor.count_unreviewed() == 0
    talk.memory.turns.end(talk.turn, "failed", "Refused.")
    talk.memory.turns.reopen(talk.session)
    assert talk.memory.queue.load(talk.session) == queued
    assert not talk.memory.withheld.follows(talk.session, said.n + 1)


def test_a_message_that_is_withheld_shows_no_text(talk: Talk) -> None:
    """It stays in its place, as the result of a call must, and a search marks it."""
    [user] = talk.memory.queue.load(talk.session)
    talk.memory.withheld.add("recall", [user.id])
    talk.memory.withheld.add("recall", [user.id])
    assert [message.text for message in talk.memory.queue.load(talk.session)] == [WITHHELD]
    assert [hit.withheld for hit in talk.memory.recall.search(user.text).hits] == [True]
    talk.memory.archival.insert("Rome was not built in a day.")
    talk.memory.withheld.add("archival", [talk.memory.archival.latest(1)[0].id])
    assert [hit.withheld for hit in talk.memory.archival.search("built").hits] == [True]
