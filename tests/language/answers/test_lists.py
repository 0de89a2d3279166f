"""Answers that are lists."""

from datetime import date

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.lists import MAX_LINES, about_user, listing, of_kind, on_day, with_day
from carrel.language.answers.relevance import Asked, ranked
from carrel.language.answers.remembered import Knowledge, knowledge
from carrel.language.dates.period import Period
from carrel.language.facts.current import same_words
from tests.language.answers.telling import line, speech, told


def test_what_is_known_has_topics_and_numbers() -> None:
    """You, others, plans, the rest; each once, what no longer holds not."""
    known = told(
        "I live in Bonn.", "I live in Ulm.", "My dog is called Rex.", "I fly to Rome tomorrow.", "We painted it."
    )
    assert about_user(known, speech(), same_words).splitlines() == [
        "This is what you told me:",
        "You:",
        "1. I live in Ulm. (today)",
        "People and animals:",
        "2. My dog is called Rex. (today)",
        "Dates and plans:",
        "3. I fly to Rome tomorrow. (tomorrow, 29 November)",
        "More:",
        "4. We painted it. (today)",
    ]


def test_one_topic_needs_no_heading() -> None:
    """A short list is only that; nothing is said to be nothing."""
    assert about_user(told("I live in Ulm."), speech(), same_words) == (
        "This is what you told me:\n1. I live in Ulm. (today)"
    )
    assert about_user(Knowledge(), speech(), same_words) == speech().phrases.about_empty
    assert about_user(knowledge([line("The sea is big.", who="Ann")]), speech(), same_words) == (
        speech().phrases.about_empty
    )


def test_a_list_is_in_the_order_of_its_days() -> None:
    """By the day that is named; a long one is cut, with how many are left."""
    known = told("The bank on Thursday.", "Ann on Monday.")
    assert listing(known.sentences, speech()).splitlines()[1:] == [
        "1. Ann on Monday. (this Monday, 30 November)",
        "2. The bank on Thursday. (this Thursday, 3 December)",
    ]
    many = told(*(f"Guest number {n} came." for n in range(MAX_LINES + 5)))
    assert listing(many.sentences, speech()).splitlines()[-1] == "… and 5 more."
    assert listing([], speech()) == speech().phrases.list_empty


def test_only_what_covers_enough_belongs_to_it() -> None:
    """Of what was found."""
    best = ranked(Asked("my meetings", Ask.WHAT, "en"), told("A meeting with Ann.", "My car.").sentences)
    assert [one.text for one in of_kind(best)] == ["A meeting with Ann."]


def test_what_is_on_a_day() -> None:
    """Sentences that name it, from whatever day they count."""
    known = knowledge([line("Remind me to call mom tomorrow.", "2026-11-27"), line("Tea today.", "2026-11-27")])
    assert [one.text for one in on_day(Period(date(2026, 11, 28)), known)] == ["call mom tomorrow"]
    assert with_day(known.sentences[0], speech("zh")) == "call mom tomorrow（2026-11-28（今天，11月28日））"
