"""The notices of a turn: one sentence for each event that the user should know about."""

from dataclasses import replace

import pytest

from carrel.agent.events import Answer, Event, PasteArchived, PromptTruncated, QueueFlushed, TextDelta
from carrel.cli.terminal.notices import format_ending, format_notice, format_retry


@pytest.mark.parametrize(
    ("event", "notice"),
    [
        (
            PasteArchived("m-1", characters=9000, pieces=12),
            "✎ kept what you pasted: 9000 characters, in 12 pieces that can be searched",
        ),
        (
            QueueFlushed(messages=12, tokens=900, summary="…"),
            "⇣ the context was full: 12 messages left it and can be searched in memory; a summary took their place",
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
    """A flush shows how much, a cut prompt its remedy, and what is printed anyway has no notice."""
    assert format_notice(event) == notice


def test_retries_and_endings_are_told() -> None:
    """A short wait is not worth a number; a reply that ended as it should needs no word."""
    assert format_retry("The server is busy.", 0.4) == "(The server is busy. Asking again.)"
    assert format_retry("The server is busy.", 12) == "(The server is busy. Asking again in 12 s.)"
    answer = Answer(text="", turn="t-1", session="s-1", steps=1)
    assert format_ending(answer) == ""
    assert format_ending(replace(answer, stopped="steps")) == "(the turn was stopped at the limit of its steps)"
    assert format_ending(replace(answer, finish="content_filter")) == "(cut off by the server's filter)"
