"""Calls and results find each other again."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from carrel.memory.turns.pairing import calls_without_result, pair_results
from carrel.memory.values import StoredMessage
from carrel.messages import Role, ToolCall

AT = datetime(2026, 1, 5, tzinfo=UTC)


def message(n: int, role: Role, step: int | None = None, call_id: str | None = None, *calls: str) -> StoredMessage:
    """Return a message of one turn."""
    made = tuple(ToolCall(call, "f", "{}") for call in calls)
    return StoredMessage(n, f"m-{n}", role, "x", AT, "s", 1, turn="t", step=step, calls=made, call_id=call_id)


ASKED = message(2, "assistant", 1, None, "a", "b")
WHOLE = [message(1, "user"), ASKED, message(3, "tool", 1, "a"), message(4, "tool", 1, "b"), message(5, "assistant", 2)]


def test_what_is_whole_stays_as_it_is() -> None:
    """Nothing moves where every result follows its call."""
    assert pair_results(WHOLE) == WHOLE
    assert list(calls_without_result(WHOLE)) == []


def test_a_late_result_moves_to_its_call() -> None:
    """A repair stores a result at the end; it is sent right after its call, in the order of the calls."""
    late = [*WHOLE[:2], WHOLE[3], WHOLE[4], message(9, "tool", 1, "a")]
    assert [item.n for item in pair_results(late)] == [1, 2, 9, 4, 5]


def test_a_result_without_a_call_is_left_out() -> None:
    """Nobody asked for it: a server would refuse it."""
    assert pair_results([message(1, "user"), message(2, "tool", 1, "z")]) == [message(1, "user")]


def test_a_call_without_a_result_is_found() -> None:
    """It is named with the message that asks for it; the same id in another step is another call."""
    lonely = [ASKED, message(3, "tool", 1, "a"), message(4, "assistant", 2, None, "a"), message(5, "tool", 2, "a")]
    assert list(calls_without_result(lonely)) == [(ASKED, ASKED.calls[1])]
    assert [item.n for item in pair_results(lonely)] == [2, 3, 4, 5]


@given(st.permutations(WHOLE), st.integers(0, 5))
def test_any_order_comes_out_paired(mixed: list[StoredMessage], gone: int) -> None:
    """However messages are mixed or missing, each result stands right after its call, or not at all."""
    shown = pair_results(mixed[gone:])
    for number, item in enumerate(shown):
        if item.role == "tool":
            asking = next(before for before in reversed(shown[:number]) if before.role != "tool")
            assert item.call_id in {call.id for call in asking.calls}
    assert [item for item in mixed[gone:] if item.role != "tool"] == [item for item in shown if item.role != "tool"]
    assert pair_results(shown) == shown
