"""Facts as sentences state them and questions ask for them, in five languages: two tables."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.language.dates.period import Period
from carrel.language.facts.fact import ME, Fact, Key, Wanted
from carrel.language.facts.read import facts_in, wanted_by
from carrel.language.languages import LANGUAGES, Language

SAID = datetime(2026, 11, 28, 10)


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def written(fact: Fact) -> str:
    """Return a fact as the table writes it."""
    since = fact.since.day.isoformat() if fact.since else ""
    parts = (fact.key.subject, fact.key.attribute, fact.value, since, fact.before)
    return ("NOT " if fact.negated else "END " if fact.ended else "") + "|".join(parts)


@pytest.mark.parametrize("row", rows("statements.tsv"), ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_sentence_states_the_facts_of_the_table(row: list[str]) -> None:
    """Of whom, what, which value, since when, and what held before; nothing where it cannot be read."""
    language, sentence, *facts = row
    assert [written(fact) for fact in facts_in(sentence, language, SAID)] == facts  # type: ignore[arg-type]


@pytest.mark.parametrize("row", rows("questions.tsv"), ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_question_asks_for_the_key_of_the_table(row: list[str]) -> None:
    """The same key as the statement that answers it, and for yes or no the value that is asked about."""
    language, question, subject, attribute, value = row
    found = wanted_by(question, language)  # type: ignore[arg-type]
    negated = value.startswith("not ")
    expected = Wanted(Key(subject, attribute), value.removeprefix("not "), negated) if subject else None
    assert found == expected


def test_a_pronoun_stands_for_who_was_spoken_of() -> None:
    """With nobody before it, it says nothing; with a sister before it, it is the sister."""
    assert facts_in("She lives in Lyon.", "en", SAID) == []
    (fact,) = facts_in("She lives in Lyon.", "en", SAID, last="sister")
    assert (fact.key, fact.value) == (Key("sister", "home"), "Lyon")


def test_a_fact_knows_when_it_was_said_and_since_when_it_holds() -> None:
    """ "Last week" counts from when it was said; without that, no day is named."""
    (fact,) = facts_in("I moved to Paris last week.", "en", SAID)
    assert (fact.said, fact.since) == (SAID, Period(date(2026, 11, 21), "week"))
    (fact,) = facts_in("I live in Paris.", "en")
    assert (fact.said, fact.since, fact.source) == (None, None, "I live in Paris.")


def test_several_values_and_words_for_beside() -> None:
    """Lists are several facts; "also" is remembered."""
    facts = facts_in("I'm also allergic to milk, soy and peanuts.", "en", SAID)
    assert [(fact.value, fact.also, fact.many) for fact in facts] == [
        ("milk", True, True),
        ("soy", True, True),
        ("peanuts", True, True),
    ]
    assert {fact.key for fact in facts} == {Key(ME, "allergy")}


@settings(deadline=None)  # the first example compiles the tables
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_nothing_makes_it_fail(text: str, language: Language) -> None:
    """Any text gives facts whose values are not empty."""
    assert all(fact.value for fact in facts_in(text, language, SAID))
    wanted_by(text, language)
