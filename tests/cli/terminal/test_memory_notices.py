"""What memory keeps is told in people's words."""

from carrel.cli.terminal.memory_notices import memory_lines
from carrel.clock import FrozenClock
from carrel.memory.values import MemoryEvent, Tier

AT = FrozenClock("2026-01-05T09:00:00+01:00").now()


def change(tier: Tier, ref: str, op: str, before: str | None, after: str | None) -> MemoryEvent:
    """Return a change by the agent."""
    return MemoryEvent("e-1", tier, ref, op, before, after, "agent", AT)


def test_each_change_is_a_sentence() -> None:
    """It says what is new, what was before, and whom it is about; the days that memory adds are left out."""
    human = "Likes tea. [2026-11-28]"
    told = {
        ("core", "human", "append", "", human): "✎ remembered about you: Likes tea.",
        ("core", "human", "append", human, f"{human}\n小明喜欢喝茶。"): "✎ remembered about you: 小明喜欢喝茶。",
        ("core", "human", "replace", human, "Likes coffee. [corrected 2026-11-29]"): (
            "✎ corrected about you: Likes coffee. (was: Likes tea.)"
        ),
        ("core", "human", "replace", human, ""): "✎ removed about you: Likes tea.",
        ("core", "persona", "append", "Kind.", "Kind.\nBrief."): "✎ remembered about myself: Brief.",
        ("core", "plans", "append", None, "Paris"): "✎ remembered under 'plans': Paris",
        ("archival", "p-1", "insert", None, "One.\nTwo."): "✎ remembered: One. Two.",
        ("archival", "p-1", "delete", "One.", None): "✎ removed: One.",
        ("archival", "p-1", "pin", "One.", "One."): "✎ pinned: One.",
        ("archival", "p-1", "unpin", "One.", "One."): "✎ unpinned: One.",
    }
    assert {made: memory_lines([change(*made)]) for made in told} == {  # type: ignore[arg-type]
        made: [f"{line}   /undo"] for made, line in told.items()
    }
    assert memory_lines([change("archival", "p-1", "tag", "One.", "One.")]) == []


def test_many_changes_are_counted() -> None:
    """Three are told, each once, and the number of the others."""
    facts = [f"Fact {number}." for number in range(12)]
    (first, *_), changes = facts, [change("core", "human", "append", "", "\n".join(facts))]
    told = [f"✎ remembered about you: {fact}" for fact in facts[:3]]
    assert memory_lines(changes * 2) == [*told, "  and 9 more (/memory)   /undo"]
    assert memory_lines([change("core", "human", "append", "", first)] * 5) == [f"{told[0]}   /undo"]
    long = memory_lines([change("archival", "p-1", "insert", None, "word " * 100)])
    assert len(long[0]) < 160
