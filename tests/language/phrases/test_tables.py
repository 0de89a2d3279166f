"""The phrases of five languages say the same things."""

import re
from dataclasses import fields

import pytest

from carrel.language.languages import LANGUAGES, Language
from carrel.language.phrases.tables import phrases_of


def gaps(phrase: object) -> list[str]:
    """Return what a phrase leaves to be filled in."""
    texts = phrase if isinstance(phrase, tuple) else (phrase,)
    return sorted(gap for text in texts for gap in re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same(language: Language) -> None:
    """A phrase has the same gaps in every language, and says something."""
    english, other = phrases_of("en"), phrases_of(language)
    for field in fields(english):
        assert gaps(getattr(other, field.name)) == gaps(getattr(english, field.name)), field.name
        assert all(getattr(other, field.name))
    assert len(other.topics) == len(english.topics) == 4
    assert len(other.what_to_type) == 3
