"""Templates: readable, with optional parts, choices and slots."""

import re

import pytest

from carrel.language.templates import inside, one_of, pattern, slots_of, straight


@pytest.mark.parametrize(
    ("template", "text", "held"),
    [
        ("I [now|still] live in {value}", "I live in Oslo", {"value": "Oslo"}),
        ("I [now|still] live in {value}", "I still live in New York", {"value": "New York"}),
        ("[please] forget {what}", "forget it", {"what": "it"}),
        ("[please] forget {what}", "please forget it", {"what": "it"}),
        ("I('m| am) {value}", "I'm tired", {"value": "tired"}),
        ("j' (habite|vis) à {value}", "j'habite à Lyon", {"value": "Lyon"}),
        ("(3.5|4) {value}", "3.5 x", {"value": "x"}),
    ],
)
def test_a_template_reads_a_text(template: str, text: str, held: dict[str, str]) -> None:
    """Slots hold what stands in their place."""
    match = re.fullmatch(pattern(template), text)
    assert match
    assert slots_of(match) == held


@pytest.mark.parametrize("text", ["I livein Oslo", "Inow live in Oslo", "I live in", "We live in Oslo"])
def test_a_template_does_not_read_another_text(text: str) -> None:
    """Words stay apart, and a slot is never empty."""
    assert not re.fullmatch(pattern("I [now] live in {value}"), text)


def test_a_language_without_spaces_needs_none() -> None:
    """Words stand side by side."""
    match = inside("我住在{value}", {"value": ".+"}, spaced=False).search("现在我住在北京")
    assert match
    assert slots_of(match) == {"value": "北京"}


def test_a_template_to_search_for_begins_between_words() -> None:
    """What is only part of a word is not found."""
    found = inside("{day}", {"day": one_of({"mon": 0, "monday": 0})})
    assert not found.search("months")
    assert [slots_of(match)["day"] for match in found.finditer("Monday or mon")] == ["Monday", "mon"]


def test_straight_quotes_keep_every_character_in_its_place() -> None:
    """Curly quotes and hard spaces become plain ones."""
    assert straight("I’m “here”\u00a0now") == 'I\'m "here" now'


def test_a_slot_may_stand_in_several_places() -> None:
    """Of the places of a slot, the one that was read is held."""
    template = "(is {value} here|here is {value})"
    for text in ("is Ann here", "here is Ann"):
        match = re.fullmatch(pattern(template), text)
        assert match
        assert slots_of(match) == {"value": "Ann"}
