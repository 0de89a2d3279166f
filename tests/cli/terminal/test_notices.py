"""The notices of a turn: one sentence for each event that the user should know about."""

import pytest

from carrel.agent.events import Event, MemoryChanged, PasteArchived, PromptTruncated, TextDelta
from carrel.cli.terminal.notices import format_notice
from carrel.clock import FrozenClock
from carrel.memory.values import MemoryEvent


def changed(op: str, before: str | None, after: str | None) -> MemoryChanged:
    """Return the event of a change of block 'human'."""
    at = FrozenClock("2026-01-05T09:00:00+01:00").now()
    return MemoryChanged(MemoryEvent("e-1", "core", "human", op, before, after, "agent", at))


@pytest.mark.parametrize(
    ("event", "notice"),
    [
        (changed("append", "Ada.", "Ada.\nLikes tea."), "✎ human: append Likes tea."),
        (changed("append", "", "小明喜欢喝茶。"), "✎ human: append 小明喜欢喝茶。"),
        (changed("replace", "Likes tea.", "Likes coffee."), "✎ human: replace Likes coffee."),
        (changed("delete", "Likes tea.", None), "✎ human: delete Likes tea."),
        (changed("append", "", "x" * 100), f"✎ human: append {'x' * 79}…"),
        (
            PasteArchived("m-1", characters=9000, pieces=12),
            "That is long (9000 characters): it is kept whole, and in 12 pieces to search.",
        ),
        (
            PromptTruncated(sent=5000, read=4096, fix="Raise num_ctx."),
            "! The server read only 4096 of 5000 tokens and more: it cut the prompt, and the agent did not see all of "
            "its memory. Raise num_ctx.",
        ),
        (TextDelta("Hello"), None),
    ],
)
def test_each_event_has_its_sentence(event: Event, notice: str | None) -> None:
    """A change shows what is new, a cut prompt its remedy, and what is printed anyway has no notice."""
    assert format_notice(event) == notice
