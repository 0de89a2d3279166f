"""The days that texts name, in five languages: a table of expressions with the right day."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.language.dates.find import first_period, mentions, tense
from carrel.language.dates.period import Period
from carrel.language.languages import LANGUAGES, Language

Row = tuple[Language, str, str, str, str]


def rows() -> list[Row]:
    """Return the table: language, when it was said, the text, the day or moment, and the grain."""
    lines = (Path(__file__).parent / "expressions.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]  # type: ignore[misc]


def wanted(moment: str, grain: str) -> tuple[date, time | None, str]:
    """Return the day, the time and the grain that a row names."""
    day, _, at = moment.partition("T")
    return date.fromisoformat(day), time.fromisoformat(at) if at else None, grain


@pytest.mark.parametrize(("language", "said", "text", "moment", "grain"), rows())
def test_an_expression_means_the_right_day(language: Language, said: str, text: str, moment: str, grain: str) -> None:
    """Each sentence of the table names exactly one day, and it is the right one."""
    found = [mention.period for mention in mentions(text, datetime.fromisoformat(f"{said}T10:00"), language)]
    assert [(period.day, period.at, period.grain) for period in found] == [wanted(moment, grain)]


def test_the_table_covers_five_languages() -> None:
    """At least 120 expressions, in every language that is read."""
    table = rows()
    assert len(table) >= 120
    assert {row[0] for row in table} == set(LANGUAGES)


def test_what_names_no_day_gives_none() -> None:
    """A verb that is also a month, a bare number and small talk name no day."""
    said = datetime(2026, 11, 28, 10)
    for text in ("You may go.", "I have 3 cats.", "She is second to none.", "我有三只猫", "Ich habe drei Katzen.", ""):
        assert first_period(text, said) is None, text


def test_a_birthday_has_no_year() -> None:
    """A day without a year is an anniversary; one with a year is not."""
    said = datetime(2026, 11, 28, 10)
    assert first_period("My birthday is May 7.", said) == Period(date(2027, 5, 7), yearly=True)
    assert first_period("I was born on May 7, 1990.", said) == Period(date(1990, 5, 7))
    assert first_period("I was born on February 30.", said) is None
    assert first_period("on 29 February", said) == Period(date(2028, 2, 29), yearly=True)


def test_a_text_may_name_several() -> None:
    """Mentions come in the text's order, with their places."""
    text = "Yesterday I saw Ann, and next Monday we go to Rome."
    found = mentions(text, datetime(2026, 11, 28, 10), "en")
    assert [(text[item.start : item.end], item.period.day) for item in found] == [
        ("Yesterday", date(2026, 11, 27)),
        ("next Monday", date(2026, 11, 30)),
    ]


@pytest.mark.parametrize(
    ("text", "language", "looks"),
    [
        ("I went home.", "en", "past"),
        ("I go home.", "en", "nearest"),
        ("I will go home.", "en", "future"),
        ("我去了", "zh", "past"),
        ("Ich bin nach Hause gegangen.", "de", "past"),
        ("Die Prüfung ist am Montag um acht.", "de", "future"),
        ("Je suis allé au marché.", "fr", "past"),
        ("Fui al mercado.", "es", "past"),
    ],
)
def test_the_tense_says_which_way_to_look(text: str, language: Language, looks: str) -> None:
    """A verb in the past looks back; others leave it open."""
    assert tense(text, language) == looks


@settings(deadline=None)  # the first example compiles the tables
@given(st.text(max_size=80), st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), st.sampled_from(LANGUAGES))
def test_nothing_makes_it_fail(text: str, said: datetime, language: Language) -> None:
    """Any text, at any time, gives mentions that lie in it, in order, apart."""
    end = 0
    for mention in mentions(text, said, language):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
