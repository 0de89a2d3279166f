"""How well sentences answer a question."""

import pytest

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.relevance import Scored, question_terms, ranked
from carrel.language.answers.remembered import knowledge
from carrel.language.languages import Language
from tests.language.answers.telling import line, told

NOBODY: frozenset[str] = frozenset()


def best(question: str, *texts: str, ask: Ask = Ask.WHAT, language: Language = "en") -> list[Scored]:
    """Return the user's sentences, the best first."""
    return ranked(question, ask, language, told(*texts, language=language).sentences, NOBODY)


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
    assert question_terms(question, language) == terms


def test_what_shares_more_words_comes_first() -> None:
    """Side by side they count more; what shares nothing is left out."""
    found = best(
        "Who leads the reading support group?",
        "The support team has a group of chairs in the reading corner.",
        "Bo leads the reading support group.",
        "I like tea.",
    )
    assert [item.sentence.text[:7] for item in found] == ["Bo lead", "The sup"]
    assert found[0].coverage == 1.0
    assert found[1].lacks == {"lead"}


def test_what_holds_what_is_asked_for_comes_first() -> None:
    """For "when" a day."""
    found = best("When was the marathon?", "The marathon was hard.", "The marathon was on May 3.", ask=Ask.WHEN)
    assert found[0].sentence.text == "The marathon was on May 3."


def test_equal_texts_count_once() -> None:
    """What was said twice is one sentence."""
    assert len(best("What is green?", "My bike is green.", "My bike is green!")) == 1


def test_a_chinese_word_is_found_by_half() -> None:
    """A word that shares a character counts half."""
    (found,) = best("我的会议", "周一我要和客户开会。", language="zh")
    assert found.coverage == 0.5


def test_a_person_that_is_named_speaks_or_is_spoken_of() -> None:
    """Of two who tell of their dogs the one who is asked about is quoted."""
    sentences = knowledge([line("My dog is old.", who="Jon"), line("My dog is young.", who="Gina")]).sentences
    found = ranked("How old is Gina's dog?", Ask.HOW, "en", sentences, frozenset({"gina"}))
    assert [item.sentence.line.who for item in found] == ["Gina"]


def test_meaning_orders_anew_what_words_found() -> None:
    """Where meanings are compared, the sentence that is most alike comes first."""
    sentences = told("The old car is red.", "The old car is sold.").sentences
    found = ranked("What colour is the old car?", Ask.WHAT, "en", sentences, NOBODY, lambda text, others: [0.9, 0.1])
    other = ranked("What colour is the old car?", Ask.WHAT, "en", sentences, NOBODY, lambda text, others: [0.1, 0.9])
    assert [item.sentence.text for item in found] == [item.sentence.text for item in reversed(other)]
