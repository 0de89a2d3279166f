"""What people type in a hurry, written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.language.languages import LANGUAGES, Language
from carrel.language.shorthand import spelled_out


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "im allergic 2 nuts, dont forget", "I'm allergic 2 nuts, don't forget"),
        ("en", "whats my bfs name", "what's my bfs name"),
        ("en", "Can u tell me", "Can you tell me"),
        ("en", "a limb and a dont-know", "a limb and a don't-know"),
        ("de", "wo wohn ich", "wo wohne ich"),
        ("fr", "mon rdv, stp", "mon rendez-vous, s'il te plaît"),
        ("es", "borra eso porfa", "borra eso por favor"),
        ("zh", "我木有猫", "我没有猫"),
        ("en", "we won 🎉🎉", "we won"),
        ("en", "🚲 is my 🚲 gone :)", "is my 🚲 gone"),
        ("en", ":)", ":)"),
    ],
)
def test_short_forms_are_written_out(language: Language, typed: str, meant: str) -> None:
    """Whole words alone, and emoji at the ends are left out where something is left."""
    assert spelled_out(typed, language) == meant


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_a_text_never_becomes_empty(text: str, language: Language) -> None:
    """What says something still does."""
    assert bool(spelled_out(text, language).strip()) == bool(text.strip())
