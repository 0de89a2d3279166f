"""When it was."""

from datetime import date

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.dated import answer_when, named_period
from carrel.language.answers.relevance import ranked
from carrel.language.answers.remembered import Knowledge, knowledge
from carrel.language.dates.period import Period
from tests.language.answers.telling import line, speech, told


def when(question: str, known: Knowledge) -> str | None:
    """Return the answer in English."""
    return answer_when(ranked(question, Ask.WHEN, "en", known.sentences, frozenset()), speech())


def test_a_day_counts_from_when_it_was_said() -> None:
    """ "Yesterday" of the tenth is the ninth."""
    known = knowledge([line("I ran a marathon yesterday.", "2026-11-10")])
    assert when("When did I run a marathon?", known) == (
        '9 November. — you, 10 November: "I ran a marathon yesterday."'
    )


def test_without_a_day_it_was_when_it_was_said() -> None:
    """The day of the message is what is known."""
    known = knowledge([line("I passed the exam!", "2026-11-10")])
    assert when("When did I pass the exam?", known) == '10 November. — you, 10 November: "I passed the exam!"'


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
