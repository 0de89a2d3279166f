"""A search as it is planned: what is looked for, by what, and what ranks last."""

import pytest

from carrel.clock import FrozenClock
from carrel.memory.search.plan import BROAD, SearchPlan
from carrel.memory.search.question import read_question
from carrel.memory.values import Filters, Mode


def plan(text: str, mode: Mode = "hybrid") -> SearchPlan:
    """Return a plan for a question."""
    question = read_question(text, (), FrozenClock("2026-01-05T09:00:00+01:00").now())
    return SearchPlan(question, ("recall", "archival"), Filters(), mode, {7}, BROAD, False, {})


@pytest.mark.parametrize(
    ("text", "mode", "by_meaning"),
    [
        ("bees", "hybrid", True),
        ("bees", "meaning", True),
        ("bees", "words", False),
        ("🎉", "hybrid", False),
        ("🎉 bees", "hybrid", True),
        ("", "hybrid", False),
    ],
)
def test_meaning_is_asked_where_there_is_some(text: str, mode: Mode, by_meaning: bool) -> None:
    """Not for words alone, and not for emoji or nothing."""
    assert plan(text, mode).uses_meaning == by_meaning


def test_only_messages_rank_last() -> None:
    """A number names a message, not the passage with the same number."""
    assert [plan("a").ranks_last(key) for key in (("recall", 7), ("archival", 7), ("recall", 8))] == [
        True,
        False,
        False,
    ]
