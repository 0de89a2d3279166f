"""Questions, answered from what was told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.language.acts.classify import classify, read
from carrel.language.answers.answer import Answerer
from carrel.language.answers.remembered import Knowledge, knowledge
from carrel.language.languages import LANGUAGES, Language
from tests.language.answers.telling import line, speech, told


def answer(question: str, known: Knowledge, language: Language = "en") -> str:
    """Return the answer to a question."""
    return Answerer(known, speech(language)).answer(classify(question, language))


@pytest.mark.parametrize(
    ("question", "texts", "expected"),
    [
        ("Where did I park?", ["I did park on level 3."], 'on level 3 — you, today: "I did park on level 3."'),
        ("How did I park?", ["I did park."], '"I did park." — you, today'),
        ("Do you remember my dog's name?", ["My dog is called Rex."], 'Rex. — you, today: "My dog is called Rex."'),
        ("What is my blood type?", ["I live in Bonn."], "I don't know: you have not told me."),
        ("What should I do tomorrow?", ["I fly tomorrow."], "I found:\n1. I fly tomorrow. (tomorrow, 29 November)"),
        ("Tell me about the tall tree.", ["The tree fell."], '"The tree fell." — you, today'),
        ("What do you know about me?", ["I fly."], "This is what you told me:\n1. I fly. (today)"),
    ],
)
def test_an_answer_quotes_or_says_that_it_does_not_know(question: str, texts: list[str], expected: str) -> None:
    """A value, a list, a sentence, or nothing."""
    assert answer(question, told(*texts)) == expected


def test_what_is_near_is_called_near() -> None:
    """A sentence that holds a part of the question is shown, but does not answer it."""
    found = answer("What did the old gardener say about the roses?", told("The gardener came."))
    assert found.startswith("I don't know: you have not told me.")


def test_nearly_as_good_sentences_are_quoted_too() -> None:
    """Each on its line, with its source."""
    found = answer("What is green?", told("My bike is green.", "My door is green."))
    assert found.splitlines() == ['"My bike is green." — you, today', '"My door is green." — you, today']


def test_a_list_of_what_was_asked_for() -> None:
    """By its key where it has one, else by its words."""
    answerer = Answerer(told("I'm allergic to nuts.", "A meeting with Ann."), speech())
    assert answerer.list_of(classify("List my allergies", "en")).startswith("Nuts.")
    assert answerer.list_of(classify("List my meetings", "en")) == "I found:\n1. A meeting with Ann. (today)"


def test_a_person_is_asked_about_by_name() -> None:
    """What somebody else said of themselves is no answer."""
    known = knowledge([line("I paint boats.", "2026-11-20", "Jon"), line("I paint trees.", "2026-11-21", "Gina")])
    assert answer("What does Gina paint?", known) == 'Trees. — Gina, 21 November: "I paint trees."'


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=4), st.text(min_size=1, max_size=60), st.sampled_from(LANGUAGES))
def test_everything_is_answered(texts: list[str], question: str, language: Language) -> None:
    """Nothing makes it fail, and nothing is answered with nothing."""
    answerer = Answerer(told(*texts, language=language), speech(language))
    assert all(answerer.answer(said) for said in read(question, language))
