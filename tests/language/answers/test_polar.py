"""Yes and no: only where it was said."""

import pytest

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.polar import answer_by_sentence, answer_check
from carrel.language.answers.relevance import Asked, ranked
from carrel.language.facts.current import same_words
from carrel.language.facts.read import wanted_by
from tests.language.answers.telling import speech, told


@pytest.mark.parametrize(
    ("question", "text", "begins"),
    [
        ("Am I allergic to nuts?", "I am allergic to nuts.", "Yes."),
        ("Am I allergic to nuts?", "I'm not allergic to nuts.", "No."),
        ("Am I allergic to soy?", "I am allergic to nuts.", "You have not told me so."),
        ("Do I live in Rome?", "I live in Bonn.", "You have not told me so."),
        ("Do I have a cat?", "I have two cats.", "Yes."),
    ],
)
def test_facts_say_yes_and_no(question: str, text: str, begins: str) -> None:
    """By their polarity; another value is no answer, but is named."""
    wanted = wanted_by(question, "en")
    assert wanted
    answer = answer_check(wanted, told(text), speech(), same_words)
    assert answer == f'{begins} — you, today: "{text}"'
    assert answer_check(wanted, told("Tea is nice."), speech(), same_words) is None


@pytest.mark.parametrize(
    ("question", "text", "begins"),
    [
        ("Did I water the plants?", "I did water the plants.", "Yes."),
        ("Did I water the plants?", "I did not water the plants.", "No."),
        ("Did I water the tall plants outside?", "I painted the plants.", None),
        ("Did I water the plants on the balcony?", "I water the plants inside.", "You have not told me so."),
    ],
)
def test_sentences_say_yes_and_no(question: str, text: str, begins: str | None) -> None:
    """Where they hold nearly all words of the question; what holds some is shown as no more than that."""
    best = ranked(Asked(question, Ask.YES_NO, "en"), told(text).sentences)
    answer = answer_by_sentence(question, best, speech())
    assert (answer or "").split(" — ")[0] == (begins or "")
