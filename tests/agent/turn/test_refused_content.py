"""What a server refuses is found by asking about halves."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.turn.refused_content import Suspect, find_refused

SUSPECTS = [Suspect("recall", f"m-{number}", str(number)) for number in range(20)]


@given(st.sets(st.integers(0, 19), min_size=1, max_size=3))
def test_exactly_what_is_refused_is_found(refused: set[int]) -> None:
    """However many are refused, those are found and no others, with a few questions for each."""
    asked: list[int] = []

    def refuses(group: Sequence[Suspect]) -> bool:
        asked.append(len(group))
        return any(int(each.text) in refused for each in group)

    assert {int(each.text) for each in find_refused(SUSPECTS, refuses)} == refused
    assert len(asked) <= 10 * len(refused)


def test_a_single_suspect_needs_no_question() -> None:
    """Where only one thing is new, it is that."""

    def refuses(group: Sequence[Suspect]) -> bool:
        raise AssertionError("asked")

    assert find_refused(SUSPECTS[:1], refuses) == SUSPECTS[:1]
    assert find_refused([], refuses) == []
