"""How well sentences answer a question."""

from collections.abc import Sequence

import pytest

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.relevance import ANSWERS, Asked, Scored, ranked
from carrel.language.answers.remembered import knowledge
from carrel.language.languages import Language
from tests.language.answers.telling import line, told


def best(question: str, *texts: str, ask: Ask = Ask.WHAT, language: Language = "en") -> list[Scored]:
    """Return the user's sentences, the best first."""
    return ranked(Asked(question, ask, language), told(*texts, language=language).sentences)


@pytest.mark.parametrize(
    ("question", "language", "terms"),
    [
        ("Where did I park the car?", "en", ["park", "car"]),
        ("我什么时候开会？", "zh", ["开会"]),
        ("Wo habe ich das Auto geparkt?", "de", ["auto", "geparkt"]),
        ("Quand est ma réunion ?", "fr", ["reunion"]),
        ("¿Cuándo tengo la reunión?", "es", ["reunion"]),
    ],
)
def test_a_question_asks_with_few_words(question: str, language: Language, terms: list[str]) -> None:
    """Words of asking and of grammar are left out."""
    assert Asked(question, Ask.WHAT, language).terms == terms


def test_what_shares_more_words_comes_first() -> None:
    """Side by side they count more; what shares nothing is left out."""
    found = best(
        "Who leads the reading support group?",
        "The support team has a group of chairs in the reading corner.",
        "Bo leads the reading support group.",
        "I like tea.",
    )
    assert [item.sentence.text[:7] for item in found] == ["Bo lead", "The sup"]
    assert found[0].relevance == 1.0
    assert found[1].lacks == {"lead"}


def test_what_holds_what_is_asked_for_comes_first() -> None:
    """For "when" a day."""
    found = best("When was the marathon?", "The marathon was hard.", "The marathon was on May 3.", ask=Ask.WHEN)
    assert found[0].sentence.text == "The marathon was on May 3."


def test_equal_texts_count_once() -> None:
    """What was said twice is one sentence."""
    assert len(best("What is green?", "My bike is green.", "My bike is green!")) == 1


def test_the_newer_of_two_versions_comes_first() -> None:
    """What the user said later about the same holds."""
    found = best("When does my flight leave?", "My flight leaves at 6 pm.", "My flight leaves at 8 pm.", ask=Ask.WHEN)
    assert [item.sentence.text for item in found] == ["My flight leaves at 8 pm."]
    other = best("When does my flight leave?", "My flight leaves at 6 pm.", "My flight to Rome is full.", ask=Ask.WHEN)
    assert other[0].sentence.text == "My flight leaves at 6 pm."


def test_a_chinese_word_is_found_by_half() -> None:
    """A word that shares a character counts half."""
    (found,) = best("我的会议", "周一我要和客户开会。", language="zh")
    assert found.relevance == 0.5


def test_a_person_that_is_named_speaks_or_is_spoken_of() -> None:
    """Of two who tell of their dogs the one who is asked about is quoted."""
    sentences = knowledge([line("My dog is old.", who="Jon"), line("My dog is young.", who="Gina")]).sentences
    found = ranked(Asked("How old is Gina's dog?", Ask.HOW, "en", frozenset({"gina"})), sentences)
    assert [item.sentence.line.who for item in found] == ["Gina"]


def test_a_question_is_compared_as_the_one_it_is_about_would_say_it() -> None:
    """With "I" and "my" for the name; a list with the sentence that asks for it."""
    assert Asked("When did Gina's dog bite Jon?", Ask.WHEN, "en", frozenset({"gina"})).as_told == (
        "When did my dog bite Jon?"
    )
    assert Asked("pets", Ask.WHAT, "en", whole="List all my pets").as_told == "List all my pets"


def test_meaning_finds_what_words_do_not() -> None:
    """What stands out in meaning is relevant, however few words it shares; what is like all others is not."""
    sentences = told("We have three kids.", "The tap leaks.", "Rosa paints.", "It rained a lot.").sentences
    asked = Asked("How many children do I have?", Ask.HOW_MANY, "en")

    def stands_out(text: str, others: Sequence[str]) -> list[float]:
        return [0.5 if "kids" in other else 0.1 for other in others]

    def all_alike(text: str, others: Sequence[str]) -> list[float]:
        return [0.4 for _ in others]

    (found, *_) = ranked(asked, sentences, stands_out)
    assert (found.sentence.text, found.relevance >= ANSWERS, found.alike >= ANSWERS) == (
        "We have three kids.",
        True,
        True,
    )
    assert all(item.relevance < ANSWERS for item in ranked(asked, sentences, all_alike))
    assert ranked(asked, sentences, lambda text, others: []) == []


def test_meaning_is_not_asked_where_words_are_enough() -> None:
    """A sentence with all words of the question answers it."""

    def unasked(text: str, others: Sequence[str]) -> list[float]:
        raise AssertionError("compared")

    assert ranked(Asked("What is the door code?", Ask.WHAT, "en"), told("The door code is 7.").sentences, unasked)
