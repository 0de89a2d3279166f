"""Numbers of messages and summaries: from 1 in the file, and back to what a database gives them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.memory.agent_file.numbering import to_database, to_file

MESSAGES, SUMMARIES = [10, 20, 30], [7, 9]


def event(**more: Any) -> dict[str, Any]:
    """Return a record of an event."""
    return {"kind": "event", "tier": "core", "op": "edit", "ref": "human", **more}


@pytest.mark.parametrize(
    ("given_record", "expected"),
    [
        ({"kind": "summary", "first_n": 10, "last_n": 20}, {"first_n": 1, "last_n": 2}),
        ({"kind": "summary", "first_n": 11, "last_n": 29}, {"first_n": 2, "last_n": 2}),
        ({"kind": "summary"}, {}),
        (event(tier="recall", op="review", before="0", after="30"), {"before": "0", "after": "3"}),
        (event(tier="recall", op="forget", before="30"), {}),
        (event(tier="summary", ref="9"), {"ref": "2"}),
        (event(tier="summary", ref="8"), {"ref": "0"}),
        (event(before="20"), {}),
        (
            event(tier="queue", columns_before={"queued": [10, 11, 30]}, columns_after={"queued": []}),
            {"columns_before": {"queued": [1, 3]}, "columns_after": {"queued": []}},
        ),
    ],
)
def test_to_file(given_record: dict[str, Any], expected: dict[str, Any]) -> None:
    """Numbers become places; those of messages that are gone the nearest within what they bounded."""
    assert to_file(MESSAGES, SUMMARIES).renumber(given_record) == given_record | expected


@given(st.lists(st.integers(1, 5), min_size=1), st.integers(0, 100), st.data())
def test_back(steps: list[int], before: int, data: st.DataObject) -> None:
    """What an import makes of the numbers, an export makes the numbers of the file again."""
    places = len(steps)
    there = to_database(before, before)
    back = to_file(range(before + 1, before + places + 1), range(before + 1, before + places + 1))
    first, last = sorted(data.draw(st.tuples(st.integers(1, places), st.integers(1, places))))
    for record in (
        {"kind": "summary", "first_n": first, "last_n": last},
        event(tier="recall", op="review", before=str(first - 1), after=str(last)),
        event(tier="summary", ref=str(last)),
        event(tier="queue", columns_before={"queued": [first, last]}, columns_after={"queued": [last]}),
    ):
        assert back.renumber(there.renumber(record)) == record
