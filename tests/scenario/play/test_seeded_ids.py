"""Ids from a seed: the same in every run, distinct, and independent of what happens in another scope."""

import re

from hypothesis import given
from hypothesis import strategies as st

from carrel.scenario.play.seeded_ids import SeededIds


@given(st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_ids(seed: int) -> None:
    """Two generators of one seed agree, another seed differs, and no id comes twice."""
    one, two, other = SeededIds(seed), SeededIds(seed), SeededIds(seed + 1)
    ids = [one("m") for _ in range(20)]
    assert ids == [two("m") for _ in range(20)]
    assert set(ids).isdisjoint(other("m") for _ in range(20))
    assert len(set(ids)) == 20
    assert all(re.fullmatch(r"m-[0-9a-hjkmnp-tv-z]{12}", found) for found in ids)


def test_a_scope_does_not_change_later_ids() -> None:
    """Ids generated in a scope are distinct from all others, and those after it are as if it had not been."""
    plain, scoped = SeededIds(7), SeededIds(7)
    first = scoped("p")
    with scoped.within("s1:2.1"):
        inside = [scoped("p") for _ in range(3)]
    assert [first, scoped("p")] == [plain("p"), plain("p")]
    assert first not in inside
