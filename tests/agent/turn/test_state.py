"""One turn while it runs."""

from datetime import UTC, datetime

from carrel.agent.turn.state import TurnState
from carrel.memory.values import Counts, SessionState, StoredMessage
from carrel.messages import Usage

MESSAGE = StoredMessage(1, "m-1", "user", "你好", datetime(2026, 1, 5, 9, tzinfo=UTC), "s-1", 2)


def test_usage_adds_up() -> None:
    """What each request took counts once, in the turn's usage and towards its limit."""
    turn = TurnState("t-1", "s-1", MESSAGE, 0.0)
    assert (turn.add_usage(Usage(100, 20, 50)), turn.add_usage(Usage(10, 2))) == (120, 12)
    assert (turn.usage.prompt, turn.usage.completion, turn.usage.cached, turn.totals.tokens) == (110, 22, 50, 132)


def test_what_was_read_is_read_again_once_it_may_have_changed() -> None:
    """Queue and state of the session are forgotten together."""
    state = SessionState(Counts(1, 0, 1, 1), None, "", ())
    turn = TurnState("t-1", "s-1", MESSAGE, 0.0, queue=(MESSAGE,), session_state=state)
    turn.discard_reads()
    assert (turn.queue, turn.session_state) == (None, None)


def test_a_step_on_disk_leaves_nothing_to_keep() -> None:
    """Neither its request, nor what was said in it, nor what was offered for it."""
    turn = TurnState("t-1", "s-1", MESSAGE, 0.0, partial=["half"], page_due=True)
    turn.step_stored()
    assert (turn.sent, turn.partial, turn.page_due) == (None, [], False)
