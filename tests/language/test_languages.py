"""The language of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.language.languages import LANGUAGES, known_language, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where do I live?", "en"),
        ("hi", "en"),
        ("What's my favorite color?", "en"),
        ("The wifi password is hunter2-blue.", "en"),
        ("我什么时候开会？", "zh"),
        ("我在Google工作", "zh"),
        ("Ich bin gegen Erdnüsse allergisch.", "de"),
        ("Wo wohne ich?", "de"),
        ("Was weißt du über mich?", "de"),
        ("Mein Hund heißt Bello.", "de"),
        ("Danke!", "de"),
        ("Das WLAN-Passwort ist hunter2-blau.", "de"),
        ("Où est-ce que j'habite ?", "fr"),
        ("Mon chien s'appelle Rex.", "fr"),
        ("Bonjour", "fr"),
        ("¿Dónde vivo?", "es"),
        ("Mi perro se llama Toby.", "es"),
        ("Gracias", "es"),
        ("Soy alérgica a las nueces.", "es"),
    ],
)
def test_a_language_is_known_by_its_words(text: str, language: str) -> None:
    """A handful of words is enough."""
    assert known_language(text) == language


@pytest.mark.parametrize(
    "text",
    ["私は東京に住んでいます", "12:30", "Tofu", "", "Il mio gatto si chiama Pallino.", "O meu gato se chama Tofu."],
)
def test_what_does_not_tell_is_taken_for_the_language_before(text: str) -> None:
    """Names, numbers and other languages leave it open."""
    assert known_language(text) is None
    assert language_of(text, "de") == "de"


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    """Nothing makes it fail."""
    assert language_of(text) in LANGUAGES
