"""Which facts hold: the newest wins, denials take back, names stand for people."""

from datetime import datetime

import pytest

from carrel.language.facts.current import aliases, by_alias, change, covers, current, meant, same_words
from carrel.language.facts.fact import Fact
from carrel.language.facts.read import facts_in, wanted_by

SAID = datetime(2026, 11, 28, 10)


def told(*sentences: str) -> list[Fact]:
    """Return the facts of English sentences, in order."""
    return [fact for sentence in sentences for fact in facts_in(sentence, "en", SAID)]


def holding(*sentences: str) -> list[str]:
    """Return the values that hold after sentences, those denied with a minus."""
    return [("-" if item.fact.negated else "") + item.fact.value for item in current(told(*sentences))]


@pytest.mark.parametrize(
    ("sentences", "values"),
    [
        (["I live in Bonn.", "I live in Paris."], ["Paris"]),
        (["I live in Bonn.", "My sister lives in Paris."], ["Bonn", "Paris"]),
        (["I am allergic to peanuts.", "I am allergic to soy."], ["peanuts", "soy"]),
        (["I like tea.", "I also like coffee.", "I don't like tea."], ["coffee", "-tea"]),
        (["I don't like tea.", "I like tea."], ["tea"]),
        (["My favourite colour is blue.", "My favorite color is red."], ["red"]),
        (["My car is a Fiat.", "My car is also a Volvo."], ["a Fiat", "a Volvo"]),
        (["I live in Bonn.", "I no longer live in Bonn."], ["-Bonn"]),
        (["I live in Bonn.", "I live in Bonn now."], ["Bonn"]),
    ],
)
def test_what_holds_after_it_was_said(sentences: list[str], values: list[str]) -> None:
    """Single values are replaced, several stand side by side, "also" adds, and a denial removes."""
    assert holding(*sentences) == values


def test_what_held_before_is_known() -> None:
    """A replaced fact is kept beside the one that replaced it, also after that was said again."""
    held = current(told("I live in Bonn.", "I live in Paris.", "I live in Paris."))
    assert [(item.fact.value, item.before and item.before.value) for item in held] == [("Paris", "Bonn")]


def test_a_change_of_one_line_by_another() -> None:
    """What a new fact does to an old one."""
    bonn, paris, tea, sister = told("I live in Bonn.", "I live in Paris.", "I like tea.", "My sister lives in Rome.")
    assert [change(paris, old) for old in (bonn, paris, tea, sister)] == ["replaces", "repeats", None, None]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("favourite colour", "favorite color", True),
        ("favourite food", "favourite foods", True),
        ("phone number", "house number", False),
        ("wifi password", "password", False),
        ("cat", "car", False),
    ],
)
def test_spellings_of_one_attribute(one: str, other: str, same: bool) -> None:
    """Endings and spellings do not matter, other words do."""
    assert same_words(one, other) is same
    assert same_words(other, one) is same


@pytest.mark.parametrize(
    ("value", "asked", "holds"),
    [
        ("two cats", "a cat", True),
        ("two cats", "dogs", False),
        ("两只猫", "猫", True),
        ("peanuts", "shellfish", False),
        ("zwei Katzen", "eine Katze", True),
        ("tea to coffee", "tea", True),
        ("tea", "the", False),
    ],
)
def test_a_value_holds_what_is_asked_about(value: str, asked: str, holds: bool) -> None:
    """Number and article do not matter."""
    assert covers(value, asked) is holds


def test_a_name_stands_for_its_bearer() -> None:
    """Who is called Marie is asked for as Marie."""
    facts = told("My sister is called Marie.", "Marie lives in Lyon.", "My name is Ann.")
    assert aliases(facts) == {"marie": "sister"}
    assert [fact.key.subject for fact in by_alias(facts)] == ["sister", "sister", "me"]
    wanted = wanted_by("Where does Marie live?", "en")
    assert wanted
    assert meant(wanted, facts).key == by_alias(facts)[1].key
