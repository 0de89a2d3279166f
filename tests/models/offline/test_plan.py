"""What the offline model does with a message, step by step."""

from collections.abc import Sequence

from carrel.language.facts.current import same_words
from carrel.models.offline.edits import Call
from carrel.models.offline.plan import plan
from tests.models.offline.turns import done, situation


def calls(text: str, human: str = "", **given: object) -> Sequence[Call]:
    """Return the next calls."""
    return plan(situation(text, human, **given), same_words).calls


def test_a_statement_is_stored_and_then_answered() -> None:
    """One call, and none after it."""
    assert calls("I keep bees.") == [("core_memory_append", {"label": "human", "content": "I keep bees. [2026-11-28]"})]
    assert calls("I keep bees.", done=(done("core_memory_append"),)) == []


def test_a_question_is_searched_and_then_answered() -> None:
    """In both tiers, for what is asked."""
    assert calls("I keep bees. What do I keep?") == [
        ("recall_search", {"query": "What do I keep?"}),
        ("archival_search", {"query": "What do I keep?"}),
    ]
    searched = (done("recall_search"), done("archival_search"))
    assert [name for name, _ in calls("I keep bees. What do I keep?", done=searched)] == ["core_memory_append"]
    assert calls("What do I keep?", done=searched) == []


def test_what_is_to_be_forgotten_is_looked_up_first() -> None:
    """Then it is removed."""
    line = "I keep bees. [2026-11-01]"
    assert [name for name, _ in calls("Forget that I keep bees.", line)] == ["recall_search", "archival_search"]
    assert calls("Forget that I keep bees.", line, done=(done("recall_search"),)) == [
        ("core_memory_replace", {"label": "human", "old": line, "new": ""})
    ]


def test_small_talk_needs_no_call() -> None:
    """Nor does what was just said."""
    assert calls("Hello!") == []
    assert calls("What did I just say?") == []


def test_what_core_memory_has_no_room_for_is_archived() -> None:
    """Once."""
    failed = done("core_memory_append", "Error: Block 'human' is full.", ok=False)
    wanted = [("archival_insert", {"text": "I keep bees. [2026-11-28]"})]
    assert calls("I keep bees.", done=(failed,)) == wanted
    assert calls("I keep bees.", done=(failed, done("archival_insert"))) == []


def test_only_offered_tools_are_called() -> None:
    """Without any, it answers at once."""
    assert calls("I keep bees. What do I keep?", tools=()) == []
    assert [name for name, _ in calls("I keep bees. What do I keep?", tools=("recall_search",))] == ["recall_search"]
