"""Which remembered lines answer a question."""

import pytest

from carrel.models.chat.quotes import MAX_QUOTES, Line, choose_quotes


def line(text: str, speaker: str = "user", date: str = "2026-01-05") -> Line:
    """Return a line that was said."""
    return Line(text, date, speaker)


def test_a_line_that_shares_too_few_words_is_not_quoted() -> None:
    """A third of the question's words is enough; a line about something else is not quoted."""
    bicycle, ferry = line("My bicycle is green."), line("The ferry leaves at nine.")
    assert choose_quotes("What colour is my bicycle?", [ferry, bicycle]) == [bicycle]
    assert choose_quotes("Who won the match in Lagos?", [ferry, bicycle]) == []
    assert choose_quotes("Anything?", []) == []


def test_no_question_is_quoted_and_an_assistant_only_where_nobody_else_said_it() -> None:
    """Of a line only its statements are quoted; what an assistant said in an imported talk is better than nothing."""
    assistant = line("Your bicycle is red.", "assistant")
    lines = [assistant, line("Is the bicycle red?"), line("The bicycle is red. Is yours?")]
    assert choose_quotes("What colour is the bicycle?", lines) == [line("The bicycle is red.")]
    assert choose_quotes("What colour is the bicycle?", lines[:2]) == [assistant]


def test_equal_lines_are_quoted_once_with_their_date() -> None:
    """The same text in core memory and in recall is one quotation, and the one with a date is chosen."""
    undated = line("my  bicycle is GREEN.", "core memory 'human'", "")
    assert choose_quotes("What colour is my bicycle?", [undated, line("My bicycle is green.")]) == [
        line("My bicycle is green.")
    ]


@pytest.mark.parametrize("question", ["我的猫叫豆腐吗？", "What is the cat called?"])
def test_there_are_at_most_three_quotes(question: str) -> None:
    """However many lines match, MAX_QUOTES are returned."""
    lines = [line(f"我的猫叫豆腐。 The cat is called Tofu, number {n}.") for n in range(9)]
    assert len(choose_quotes(question, lines)) == MAX_QUOTES
