"""The words that say what a text is about."""

import pytest

from carrel.language.answers.terms import all_words, terms_of, words_in
from carrel.language.languages import Language


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("Where did I park the car?", "en", ["park", "car"]),
        ("how much I earn", "en", ["earn"]),
        ("everything about Callum", "en", ["callum"]),
        ("我什么时候开会？", "zh", ["开会"]),
        ("我要买的东西", "zh", ["要买"]),
        ("Wo habe ich das Auto geparkt?", "de", ["auto", "geparkt"]),
        ("Quand est ma réunion ?", "fr", ["reunion"]),
        ("¿Cuándo tengo la reunión?", "es", ["reunion"]),
    ],
)
def test_grammar_and_asking_are_left_out(text: str, language: Language, terms: list[str]) -> None:
    """Of a text that holds nothing else, they are all there is."""
    assert terms_of(text, language) == terms


def test_names_are_left_out_where_they_are_given() -> None:
    """The one who is asked about stands in no answer of theirs."""
    assert words_in("When did Gina sing?", "en", frozenset({"gina"})) == ["sing"]
    assert all_words("When did Gina sing?", "en", frozenset({"gina"})) == ["sing"]
