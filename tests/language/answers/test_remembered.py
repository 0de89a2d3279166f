"""What is remembered: statements, each with its facts, without what was forgotten since."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.language.answers.remembered import coverage, is_meant, knowledge
from carrel.language.facts.fact import Key
from tests.language.answers.telling import line, told


def test_only_statements_are_known() -> None:
    """Questions, commands and greetings say nothing; nor does the assistant."""
    known = knowledge(
        [
            line("Hello! I live in Oslo. Where is Ada? Write me a poem."),
            line("You live in Rome.", who="assistant"),
        ]
    )
    assert [one.text for one in known.sentences] == ["I live in Oslo."]


def test_what_was_said_first_stands_first() -> None:
    """However the lines are ordered, the oldest comes first; core memory is the last word of its day."""
    known = knowledge(
        [line("I live in Rome.", tier="core"), line("I live in Ulm.", "2026-11-20"), line("I live in Oslo.")]
    )
    assert [fact.value for fact in known.facts] == ["Ulm", "Oslo", "Rome"]


def test_a_request_to_forget_takes_back_what_was_said_before_it() -> None:
    """Also where the message itself is still found; what is said afterwards counts again."""
    before, forget = (
        line("I am allergic to nuts.", "2026-11-20"),
        line("Forget that I am allergic to nuts.", "2026-11-21"),
    )
    assert knowledge([before, forget]).sentences == []
    again = knowledge([before, forget, line("I am allergic to nuts.", "2026-11-22")])
    assert [one.said.day for one in again.sentences if one.said] == [22]


def test_a_named_speaker_tells_of_themselves() -> None:
    """ "I" in a line of Jon is Jon."""
    known = knowledge([line("I live in Rome.", who="Jon")])
    assert [fact.key for fact in known.facts] == [Key("jon", "home")]


def test_a_pronoun_reaches_back_within_a_line() -> None:
    """ "She" in the second sentence is who the first spoke of."""
    known = knowledge([line("My sister is called Marie. She lives in Lyon.")])
    assert [(fact.key, fact.value) for fact in known.facts] == [
        (Key("sister", "name"), "Marie"),
        (Key("sister", "home"), "Lyon"),
    ]


def test_a_sentence_that_begins_with_he_keeps_the_name_before_it() -> None:
    """So that it is found by that name."""
    known = knowledge([line("I met a guy called Haruto in Lisbon. He builds boats. It rained.")])
    assert [one.context for one in known.sentences] == ["", "Haruto Lisbon", ""]
    (chinese,) = knowledge([line("我认识了一个叫陈浩的人。")]).sentences
    assert chinese.context == ""


def test_equal_lines_count_once() -> None:
    """A message that is found twice is one."""
    assert len(knowledge([line("I keep bees.", id="m-1"), line("I keep bees.", id="m-1")]).sentences) == 1


@pytest.mark.parametrize(
    ("topic", "text", "meant"),
    [
        ("I am allergic to peanuts", "I am allergic to peanuts.", True),
        ("I am allergic to peanuts", "I am allergic to soy.", False),
        ("my birthday", "My birthday is May 6.", True),
        ("where I live", "I live in Oslo.", True),
        ("everything about Callum", "My ex-boyfriend Callum owes me 300 pounds.", True),
        ("how much I earn", "I earn 4200 a month.", True),
        ("my shoe size", "My parrot is called Kiwi.", False),
    ],
)
def test_what_a_request_to_forget_means(topic: str, text: str, meant: bool) -> None:
    """The same fact, a fact of the same key, or the same words."""
    (sentence,) = told(text).sentences
    assert is_meant(topic, sentence, "en") is meant


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_share_is_a_share(text: str, other: str) -> None:
    """Between nothing and all; of itself all, where it has any words."""
    assert 0 <= coverage(text, other, "en") <= 1
    assert coverage(text, text, "en") in (0, 1)


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=5))
def test_anything_can_be_remembered(texts: list[str]) -> None:
    """Nothing makes it fail."""
    assert all(one.text for one in knowledge([line(text) for text in texts]).sentences)
