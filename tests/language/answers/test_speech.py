"""Answers in words."""

from datetime import date, time

from carrel.language.answers.remembered import knowledge
from carrel.language.answers.speech import capital
from carrel.language.dates.period import Period
from tests.language.answers.telling import line, speech, told


def test_a_source_says_who_and_when() -> None:
    """The user is you, others have a name; today is today."""
    (mine,) = told("I keep bees.").sentences
    (hers,) = knowledge([line("I keep hens.", "2026-11-24", "Ann")]).sentences
    assert speech().source(mine) == '— you, today: "I keep bees."'
    assert speech().source(hers) == '— Ann, last Tuesday, 24 November: "I keep hens."'
    assert speech("de").quote(hers) == "„I keep hens.“ — Ann, letzten Dienstag, 24. November"


def test_one_source_stands_on_the_line_of_the_answer() -> None:
    """Several stand below it."""
    one, two = told("I like tea.", "I like chess.").sentences
    assert speech().with_sources("Tea.", [one]) == 'Tea. — you, today: "I like tea."'
    assert speech().with_sources("Tea and chess.", [one, two]).count("\n") == 2


def test_a_value_with_figures_stays_as_it_was_said() -> None:
    """A password is not given a capital letter or a full stop."""
    assert speech().value("hunter2") == "hunter2"
    assert speech().value("blue") == "Blue."
    assert speech("zh").value("蓝色") == "蓝色。"
    assert capital("") == ""


def test_values_in_a_row() -> None:
    """With "and" before the last."""
    assert [speech().listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert speech("zh").listed(["茶", "棋", "书"]) == "茶、棋和书"


def test_a_day_in_chinese_has_figures_too() -> None:
    """As one writes it there; elsewhere it does not."""
    meeting = Period(date(2026, 11, 29), "minute", time(15))
    assert speech("zh").period(meeting) == "2026-11-29 15:00（明天，11月29日）"
    assert speech().period(meeting) == "tomorrow, 29 November, 15:00"
    assert speech().on(told("I keep bees.").sentences[0]) == "today, 28 November"


def test_a_value_that_is_a_day_is_resolved() -> None:
    """ "Next Friday" of a week ago is a day by now; a birthday stays as it was said."""
    (sentence,) = knowledge([line("The exam is next Friday.", "2026-11-10")]).sentences
    assert speech().resolved("next Friday", sentence) == "20 November 2026"
    assert speech().resolved("May 7", sentence) == "May 7"
    assert speech().resolved("a book from last Friday on", sentence) == "a book from last Friday on"
