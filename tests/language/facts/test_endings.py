"""What is over: a job, a partnership, a life."""

from datetime import datetime

import pytest

from carrel.language.facts.current import change, current
from carrel.language.facts.endings import ENDINGS
from carrel.language.facts.fact import Fact
from carrel.language.facts.read import facts_in
from carrel.language.languages import LANGUAGES, Language

SAID = datetime(2026, 11, 28, 10)


def fact(text: str, language: Language = "en") -> Fact:
    """Return the last fact that a sentence states."""
    return facts_in(text, language, SAID)[-1]


def test_every_language_says_what_is_over() -> None:
    """Of the same three attributes, in the same order."""
    attributes = [frame.attribute for frame in ENDINGS["en"]]
    assert attributes == ["job", "partner", "studies", "life"]
    assert all([frame.attribute for frame in ENDINGS[language]] == attributes for language in LANGUAGES)


@pytest.mark.parametrize(
    ("language", "held", "over"),
    [
        ("en", "I work at a bank", "I quit my job last Friday"),
        ("en", "I work as a cook", "they let me go yesterday"),
        ("en", "My girlfriend's name is Tasha", "Tasha and I broke up"),
        ("de", "Ich studiere Biologie", "hab mein Studium abgebrochen"),
        ("en", "I study physics", "I dropped out"),
        ("zh", "我学物理", "我毕业了"),
        ("de", "Ich arbeite bei Bosch", "hab letzten Freitag gekündigt"),
        ("zh", "我在华为上班", "上周五我辞职了"),
        ("fr", "je travaille chez Renault", "j'ai démissionné vendredi dernier"),
        ("es", "trabajo en un hotel", "dejé mi trabajo el viernes pasado"),
    ],
)
def test_the_end_takes_the_place_of_what_held(language: Language, held: str, over: str) -> None:
    """It remembers what that was."""
    before, end = fact(held, language), fact(over, language)
    assert end.ended
    assert change(end, before) == "replaces"
    (item,) = current([before, end])
    assert (item.fact, item.before) == (end, before)


def test_something_new_takes_the_place_of_the_end() -> None:
    """A new job, and not a new home."""
    assert change(fact("I work at a school now"), fact("I quit my job")) == "replaces"
    assert change(fact("I live in Bonn"), fact("I quit my job")) is None
