"""The lines that say where an answer comes from."""

import pytest

from carrel.language.languages import LANGUAGES, Language
from carrel.language.phrases.sources import MARK, without_sources
from carrel.language.phrases.tables import phrases_of


def test_sources_are_no_part_of_the_answer() -> None:
    """The answer stands before them; a reply without any stays as it is."""
    assert without_sources('7 May. — Ada, 8 May: "It was — as I said — yesterday."') == "7 May."
    assert (
        without_sources('Tea and chess.\n— you, today: "I like tea."\n— you, today: "I like chess."')
        == "Tea and chess."
    )
    assert without_sources('"I love it — really." — Ada, 8 May') == '"I love it — really."'
    assert without_sources('He said "no".') == 'He said "no".'


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_marks_its_sources(language: Language) -> None:
    """All three forms begin with the mark."""
    phrases = phrases_of(language)
    assert all(text.startswith(MARK) for text in (phrases.said, phrases.said_undated, phrases.attributed))
