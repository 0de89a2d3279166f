"""Filters: dates, roles, sessions, tags, however many."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

import pytest

from carrel import dates
from carrel.errors import UsageError
from carrel.memory.store import Memory
from carrel.memory.values import Filters, NewMessage, SearchPage, Tier

Say = Callable[..., NewMessage]

ROME = timezone(timedelta(hours=1))

BOTH: tuple[Tier, ...] = ("recall", "archival")


def texts(found: SearchPage) -> list[str]:
    """Return the texts of a page, in their order."""
    return [hit.text for hit in found.hits]


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, [1, 2, 3, 4]),
        ("2026-01-02", None, [2, 3, 4]),
        (None, "2026-01-03", [1, 2, 3]),
        ("2026-01-02", "2026-01-03", [2, 3]),
        ("2026-01-03", "2026-01-03", [3]),
        ("2026-01-02T12:00:00", "2026-01-03T12:00:00", [2, 3]),
        ("2026-01-02T12:00:01", "2026-01-03T11:59:59", []),
        ("2026-02-01", None, []),
    ],
)
def test_dates_include_both_ends(
    memory: Memory, say: Say, since: str | None, until: str | None, days: list[int]
) -> None:
    """Both ends of a date range are included, and a date alone is the whole day; so in recall as in archival."""
    first, last = dates.parse_since(since, ROME) if since else None, dates.parse_until(until, ROME) if until else None
    memory.recall.load([say(f"heron {day}", day=day) for day in (1, 2, 3, 4)])
    for day in (1, 2, 3, 4):
        memory.archival.insert(f"heron {day}", at=say("", day=day).at)
    for found in (
        memory.recall.search("heron", since=first, until=last),
        memory.archival.search("heron", since=first, until=last),
    ):
        assert (sorted(texts(found)), found.total) == ([f"heron {day}" for day in days], len(days))


def test_dates_the_wrong_way_round(memory: Memory) -> None:
    """A range that ends before it begins is refused and not taken for an empty one."""
    with pytest.raises(UsageError, match="ends before it begins"):
        memory.recall.search("x", since=datetime(2026, 1, 2, tzinfo=ROME), until=datetime(2026, 1, 1, tzinfo=ROME))


def test_roles_and_sessions(memory: Memory, say: Say) -> None:
    """Roles and session narrow a search before it is counted."""
    memory.recall.load([say("heron a"), say("heron b", "assistant"), say("heron c", session="other")])
    other = memory.sessions.find("other")
    assert texts(memory.recall.search("heron", roles=["assistant"])) == ["heron b"]
    assert sorted(texts(memory.recall.search("heron", roles=["user"]))) == ["heron a", "heron c"]
    assert memory.recall.search("heron", roles=["user", "assistant"]).total == 3
    assert texts(memory.recall.search("heron", session=other)) == ["heron c"]
    assert memory.search.find("heron", BOTH, filters=Filters(roles=("system",))).total == 0


@pytest.mark.parametrize(
    ("tags", "all_tags", "expected"),
    [
        ((), False, ["heron a", "heron b", "heron c"]),
        (("bird",), False, ["heron a", "heron b"]),
        (("bird", "lake"), False, ["heron a", "heron b", "heron c"]),
        (("bird", "lake"), True, ["heron b"]),
        ((" BIRD ", "bird"), True, ["heron a", "heron b"]),
        (("bird", "none"), True, []),
        (("none",), False, []),
    ],
)
def test_tags(memory: Memory, tags: Sequence[str], all_tags: bool, expected: list[str]) -> None:
    """Tags are searched by any or by all of them, whatever their case."""
    for text, marks in (("heron a", ["Bird"]), ("heron b", ["bird", "lake"]), ("heron c", ["lake"])):
        memory.archival.insert(text, marks)
    found = memory.archival.search("heron", tags=tags, all_tags=all_tags)
    assert (sorted(texts(found)), found.total) == (expected, len(expected))


def test_thousands_of_tags_and_roles(memory: Memory, say: Say) -> None:
    """However many tags or roles are given, any of them will do, and none means anything to SQL."""
    memory.recall.load([say("heron a")])
    memory.archival.insert("heron b", ["bird"])
    many = [*(f"t{n} ' \" % :x" for n in range(2_000)), "bird", "user"]
    assert texts(memory.recall.search("heron", roles=many)) == ["heron a"]
    assert texts(memory.archival.search("heron", tags=many)) == ["heron b"]
    assert memory.archival.search("heron", tags=many, all_tags=True).total == 0
