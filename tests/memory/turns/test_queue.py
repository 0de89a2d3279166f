"""The queue: what stands in main context, and the summary of what left it."""

from tests.memory.turns.talk import Talk


def test_evict(talk: Talk) -> None:
    """What is evicted leaves the queue and stays in recall; the newest summary stands in its place."""
    reply = talk.ask()
    [user, _] = talk.memory.queue.load(talk.session)
    talk.memory.queue.evict(talk.session, talk.turn, [user], "They asked to note Rome.")
    assert talk.memory.queue.load(talk.session) == [reply]
    talk.memory.queue.evict(talk.session, talk.turn, [reply], "Both spoke.")
    assert (talk.memory.queue.load(talk.session), talk.memory.queue.summary(talk.session)) == ([], "Both spoke.")
    assert talk.memory.recall.of_turn(talk.turn) == [user, reply]


def test_sessions_do_not_share(talk: Talk) -> None:
    """Each session has its own queue and its own summary."""
    second = talk.memory.sessions.start()
    talk.memory.queue.evict(talk.session, None, [], "Nothing yet.")
    assert (talk.memory.queue.load(second), talk.memory.queue.summary(second)) == ([], "")
    assert len(talk.memory.queue.load(talk.session)) == 1
