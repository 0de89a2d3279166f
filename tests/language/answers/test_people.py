"""Of whom a sentence can speak, in a talk of two."""

import pytest

from carrel.language.answers.people import concerns
from carrel.language.answers.remembered import knowledge
from tests.language.answers.telling import line


@pytest.mark.parametrize(
    ("who", "text", "concerned"),
    [
        ("Ann", "I lost my job.", True),
        ("Ben", "I lost my job.", False),
        ("Ann", "Your studio looks great.", False),
        ("Ben", "Ann, your studio looks great.", True),
        ("Ben", "Thanks, Ann, I won a trophy.", False),
        ("Ben", "I saw Ann at the fair.", True),
        ("Ann", "It rained.", True),
        ("Ben", "It rained.", False),
    ],
)
def test_a_question_about_ann(who: str, text: str, concerned: bool) -> None:
    """What she says of herself, and what is said of her or to her."""
    (sentence,) = knowledge([line(text, who=who)]).sentences
    assert concerns(sentence, frozenset({"ann"})) is concerned
    assert concerns(sentence, frozenset())
