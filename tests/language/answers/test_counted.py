"""How many there are."""

import pytest

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.counted import answer_count, count_in_best, has_number, number_before
from carrel.language.answers.relevance import Asked, ranked
from carrel.language.facts.current import same_words
from carrel.language.facts.read import wanted_by
from carrel.language.languages import Language
from tests.language.answers.telling import speech, told


@pytest.mark.parametrize(
    ("question", "text", "begins"),
    [
        ("How many cats do I have?", "I have four cats.", "Four cats."),
        ("How many children do I have?", "My children are called Ann, Ben and Cid.", "3: Ann, Ben and Cid."),
        ("How many cats do I have?", "I have a dog.", None),
    ],
)
def test_a_fact_counts(question: str, text: str, begins: str | None) -> None:
    """The number it states, or the length of its list."""
    wanted = wanted_by(question, "en")
    assert wanted
    assert (answer_count(wanted, told(text), speech(), same_words) or "").split(" — ")[0] == (begins or "")


def test_a_sentence_counts_what_it_names() -> None:
    """Not anything else, and not without a number."""
    question = "How many laps did Ines swim?"
    for text, good in (
        ("Ines did swim 40 laps.", True),
        ("Ines did swim for 40 minutes.", False),
        ("Ines did swim laps.", False),
    ):
        best = ranked(Asked(question, Ask.HOW_MANY, "en"), told(text).sentences)
        assert (count_in_best("lap", best, speech()) is not None) is good, text


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("I have two cats.", "en", True),
        ("I have a cat.", "en", False),
        ("我有三只猫", "zh", True),
        ("我有猫", "zh", False),
        ("Ich habe sechs Hühner.", "de", True),
        ("Room 7", "en", True),
    ],
)
def test_a_number_is_seen(text: str, language: Language, number: bool) -> None:
    """In figures, words and characters; "a" is none."""
    assert has_number(text, language) is number


@pytest.mark.parametrize(
    ("text", "number"),
    [("We have three small dogs.", "three"), ("Of 12 dogs one barked.", "12"), ("Dogs are four-legged.", None)],
)
def test_a_number_stands_before_what_is_counted(text: str, number: str | None) -> None:
    """With at most one word between."""
    assert number_before("dog", text, "en") == number
