"""What is important is told from small talk, without a model."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.summary.extraction import (
    describe_message,
    extract_lines,
    extract_names,
    score_part,
    split_summary,
)
from carrel.memory.values import StoredMessage
from carrel.messages import Role, ToolCall

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def message(role: Role, text: str, *calls: ToolCall) -> StoredMessage:
    """Return a message as the store hands it out."""
    return StoredMessage(1, "m-1", role, text, NOW, "s-1", 1, calls=calls)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("- 2026-01-05 user: I was born in Oslo in 1983.", "- 2026-01-05 user: Hm, well, all right then."),
        ("- 2026-01-05 user: It is blue.", "- 2026-01-05 user: Is it blue?"),
        ("- 2026-01-05 assistant: I will call.", "- 2026-01-05 user: I will call."),
        ("- 2026-01-05 user: Code 4711-0815.", "- 2026-01-05 user: Code 4."),
        ("She likes walnuts.", "- 2026-01-05 user: She likes walnuts."),
        ("- 2026-01-05 assistant: 我会提醒你。", "- 2026-01-05 assistant: 天气很好。"),
    ],
)
def test_what_is_more_important_scores_more(better: str, worse: str) -> None:
    """Names, numbers, promises of the agent and a model's own sentences score; questions and small talk do not."""
    assert score_part(better) > score_part(worse)


def test_a_summary_is_split_into_what_can_be_kept_alone() -> None:
    """Lines of an extract stay whole, a model's text becomes sentences, and the hint its words."""
    summary = "Ada met Dr. Quill. She was happy.\n- 2026-01-05 user: Yes. No.\nSearch for: Oslo, 核桃"
    parts = ["Ada met Dr. Quill.", "She was happy.", "- 2026-01-05 user: Yes. No."]
    assert split_summary(summary) == (parts, ["Oslo", "核桃"])


@given(st.text(max_size=400))
def test_no_text_breaks_the_extract(text: str) -> None:
    """Whatever was said, each line that is kept is one line, and splitting it again keeps it whole."""
    for line in extract_lines([message("user", text), message("assistant", text)]):
        assert "\n" not in line
        assert split_summary(line)[0] in ([line], [line.strip()])


def test_what_a_message_says_is_described() -> None:
    """What was sent counts before text, text before calls."""
    sent = ToolCall("1", "send_message", '{"message": "Hello."}')
    search = ToolCall("2", "recall_search", "{}")
    assert describe_message(message("assistant", "A thought.", sent)) == "Hello."
    assert describe_message(message("assistant", "Let me see.", search)) == "Let me see."
    assert describe_message(message("assistant", "", search)) == "(calls recall_search)"


def test_names_come_latest_first() -> None:
    """A word with a capital inside a sentence is a name; the first word of a sentence is not."""
    assert extract_names([message("user", "My cat met Tofu."), message("user", "Now in Bergen")]) == ["Bergen", "Tofu"]
