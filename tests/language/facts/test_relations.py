"""People and animals, and who is whose."""

import pytest

from carrel.language.facts.relations import FRIEND_OR_PARTNER, KINDS, RELATIONS, belongs_to, relations_in
from carrel.language.languages import LANGUAGES, Language


def test_every_language_has_a_word_for_every_key() -> None:
    """So that a daughter is one in all of them; no word is empty."""
    keys = {key for words in RELATIONS.values() for key in words.values()}
    for language in LANGUAGES:
        assert keys - set(RELATIONS[language].values()) <= {FRIEND_OR_PARTNER}
        assert "" not in RELATIONS[language]
    assert {key for kind, members in KINDS.items() for key in (kind, *members)} <= keys


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "a poodle called Fig", ["dog"]),
        ("en", "two daughters, Lou and Zoé", ["daughter"]),
        ("de", "einen Dackel", ["dog"]),
        ("fr", "deux filles", ["daughter"]),
        ("es", "tres gatos", ["cat"]),
        ("zh", "一个儿子，叫乐乐", ["son"]),
        ("en", "a meeting", []),
    ],
)
def test_words_are_found(language: Language, text: str, found: list[str]) -> None:
    """Plurals and breeds too."""
    assert relations_in(text, language) == found


def test_who_has_a_son_has_a_child() -> None:
    """And not the other way round."""
    assert belongs_to("son", "child")
    assert belongs_to("dog", "dog")
    assert not belongs_to("child", "son")
