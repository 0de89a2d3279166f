"""The lines that say where an answer comes from."""

import pytest

from carrel.language.languages import LANGUAGES, Language
from carrel.language.phrases.sources import MARK, forgotten_in, is_own_reply, without_sources
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_reply_forgot_can_be_read_from_it(language: Language) -> None:
    """In every language each quote of the line; another reply forgot nothing."""
    phrases = phrases_of(language)
    left, right = phrases.quotes
    what = phrases.conjunction.join(f"{left}{text}{right}" for text in ("I keep bees", "Rex barks"))
    reply = f"{phrases.forgotten.format(what=what)} {phrases.undo}"
    assert [text.strip() for text in forgotten_in(reply)] == ["I keep bees", "Rex barks"]
    assert forgotten_in(phrases.nothing_to_forget.format(what=what)) == []


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Noted.", True),
        ("记下了。", True),
        ('Blue. — you, today: "My colour is blue."', True),
        ("Paris, since about 21 November (you said so today); before that Bonn.", True),
        ('"I keep bees." — you, today', True),
        ("I don't know: you have not told me.", True),
        ("Linden blossom helps with a cold.", False),
        ("我推荐你读《红楼梦》这本书。", False),
        ("Nobody knows.", False),
        ("Yes — try tea.", False),
    ],
)
def test_own_replies_are_told_from_those_of_others(text: str, own: bool) -> None:
    """In any language, with sources and without."""
    assert is_own_reply(text) is own
