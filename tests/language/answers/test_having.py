"""Whom the user has."""

import pytest

from carrel.language.answers.having import all_of_kind, kind_asked_for, latest_of_kind
from carrel.language.facts.read import wanted_by
from carrel.language.languages import Language
from tests.language.answers.telling import told


@pytest.mark.parametrize(
    ("language", "question", "kind"),
    [
        ("en", "Do I have a dog?", "dog"),
        ("en", "Do I have any children?", "child"),
        ("zh", "我有没有孩子", "child"),
        ("de", "Habe ich einen Hund?", "dog"),
        ("en", "Do I have a car?", ""),
        ("en", "Do I have an appointment with the doctor on Monday?", ""),
        ("en", "Does my sister have a dog?", ""),
    ],
)
def test_a_question_asks_for_a_kind(language: Language, question: str, kind: str) -> None:
    """Only of what the user has, and only of people and animals."""
    wanted = wanted_by(question, language)
    assert (kind_asked_for(wanted, language) if wanted else "") == kind


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("dog", ("I've got a poodle called Fig.",), "Fig"),
        ("child", ("I have two daughters, Lou and Zoé.",), "two daughters, Lou and Zoé"),
        ("partner", ("My girlfriend is Tasha.", "Tasha and I broke up."), "Tasha and I broke up"),
        ("dog", ("My sister has a dog.",), None),
        ("dog", ("I have a cat.",), None),
    ],
)
def test_the_last_fact_of_a_kind_tells(kind: str, said: tuple[str, ...], value: str | None) -> None:
    """A poodle is a dog, a daughter a child; what others have is not the user's."""
    fact = latest_of_kind(kind, told(*said))
    assert (fact.value if fact else None) == value


def test_all_of_a_kind_are_counted() -> None:
    """A son and two daughters are children."""
    known = told("I have a son.", "I have two daughters.", "I have a car.")
    assert [fact.value for fact in all_of_kind("child", known)] == ["a son", "two daughters"]
