"""When it was."""

from datetime import date

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.dated import answer_when, named_period
from carrel.language.answers.relevance import Asked, ranked
from carrel.language.answers.remembered import Knowledge, knowledge
from carrel.language.dates.period import Period
from tests.language.answers.telling import line, speech, told


def when(question: str, known: Knowledge) -> str | None:
    """Return the answer in English."""
    return answer_when(ranked(Asked(question, Ask.WHEN, "en"), known.sentences), speech())


def test_a_day_counts_from_when_it_was_said() -> None:
    """ "Yesterday" of the tenth is the ninth."""
    known = knowledge([line("I ran a marathon yesterday.", "2026-11-10")])
    assert when("When did I run a marathon?", known) == (
        '9 November 2026. — you, 10 November: "I ran a marathon yesterday."'
    )


def test_the_week_before_a_day_long_ago_is_no_day() -> None:
    """ "Last week" of the ninth of June is the week before it; a near one is said as the day a week ago."""
    for day, begins in (
        ("2025-06-09", "The week before 9 June 2025. — "),
        ("2026-11-20", "About 13 November 2026. — "),
    ):
        known = knowledge([line("I spoke at a school last week.", day)])
        assert (when("When did I speak at a school?", known) or "").startswith(begins)


def test_without_a_day_it_was_when_it_was_said() -> None:
    """The day of the message is what is known."""
    known = knowledge([line("I passed the exam!", "2026-11-10")])
    assert when("When did I pass the exam?", known) == '10 November 2026. — you, 10 November: "I passed the exam!"'


def test_a_sentence_with_a_day_is_preferred() -> None:
    """If it answers nearly as well."""
    known = told("The wedding of Ann will be big.", "The wedding of Ann is on June 5.")
    assert (when("When is the wedding of Ann?", known) or "").startswith("5 June 2027. — ")


def test_what_does_not_answer_gives_none() -> None:
    """A sentence that holds too little of the question says nothing."""
    assert when("When did I sell the blue boat in Genoa?", told("I like the sea.")) is None


def test_a_sentence_names_a_period() -> None:
    """The first that it holds."""
    (sentence,) = knowledge([line("We met last Friday and on May 3.", "2026-11-28")]).sentences
    assert named_period(sentence) == Period(date(2026, 11, 27))
    assert named_period(told("We met.").sentences[0]) is None


def test_the_time_that_the_question_names_counts() -> None:
    """Of two trips that of June."""
    known = knowledge(
        [line("We go camping next month.", "2026-04-25"), line("We went camping last week.", "2026-06-27")]
    )
    best = ranked(Asked("When did we go camping?", Ask.WHEN, "en"), known.sentences)
    june = Period(date(2027, 6, 1), "month", yearly=True)
    assert (answer_when(best, speech(), june) or "").startswith("The week before 27 June 2026. — ")
    assert (answer_when(best, speech()) or "").startswith("May 2026. — ")
