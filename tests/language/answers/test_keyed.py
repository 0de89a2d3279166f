"""Answers from facts with a key."""

import pytest

from carrel.language.answers.keyed import answer_value, held_by, sentence_of
from carrel.language.answers.remembered import Knowledge, Remembered, knowledge
from carrel.language.facts.current import same_words
from carrel.language.facts.read import wanted_by
from tests.language.answers.telling import line, speech, told


def answer(question: str, known: Knowledge) -> str | None:
    """Return the answer in English."""
    wanted = wanted_by(question, "en")
    assert wanted
    return answer_value(wanted, known, speech(), same_words)


@pytest.mark.parametrize(
    ("question", "texts", "expected"),
    [
        ("Where do I live?", ["I live in Bonn."], 'Bonn. — you, today: "I live in Bonn."'),
        ("Where do I live?", ["I live in Bonn.", "I live in Ulm."], "Ulm (you said so today); before that Bonn."),
        ("Where do I live?", ["I live in Ulm since 2019."], "Ulm, since 2019 (you said so today)."),
        ("Where do I work?", ["I work at Acme from next month."], "Acme, from December (you said so today)."),
        (
            "Where does Marie live?",
            ["My sister Marie lives in Rome."],
            'Rome. — you, today: "My sister Marie lives in Rome."',
        ),
        ("What do I do for a living?", ["I'm a nurse."], 'Nurse. — you, today: "I\'m a nurse."'),
        ("What don't I like?", ["I like tea.", "I hate rain."], 'Rain. — you, today: "I hate rain."'),
        ("Where do I live?", ["My sister lives in Bonn."], None),
    ],
)
def test_the_value_that_holds(question: str, texts: list[str], expected: str | None) -> None:
    """With its source, or since when and what held before."""
    assert answer(question, told(*texts)) == expected


def test_a_correction_is_named_as_one() -> None:
    """What was wrong never held."""
    wrong = line("My birthday is May 6.", "2026-11-20")
    right = Remembered("My birthday is May 7.", line("", "2026-11-28").said, "user", "core", corrected=True)
    assert answer("When is my birthday?", knowledge([wrong, right])) == "May 7 (corrected today)."


def test_several_values_are_listed() -> None:
    """Each with its sentence."""
    found = answer("What am I allergic to?", told("I'm allergic to nuts.", "I'm also allergic to soy."))
    assert found
    assert found.splitlines()[0] == "Nuts and soy."
    assert found.count("— you") == 2


def test_the_sentence_of_a_fact_is_found_again() -> None:
    """By what it states, when."""
    known = told("I live in Bonn.", "I like tea.")
    assert [sentence_of(fact, known).text for fact in known.facts] == ["I live in Bonn.", "I like tea."]
    wanted = wanted_by("What do I like?", "en")
    assert wanted
    assert [held.fact.value for held in held_by(wanted, known, same_words)] == ["tea"]
