"""Questions and statements, in English and Chinese."""

import pytest

from carrel.models.chat.sentences import facts, has_question, is_question


@pytest.mark.parametrize(
    "text",
    [
        "What is my name?",
        "hey, where do I live",
        "Do you know Ada?",
        "tell me about walnuts",
        "I wonder where Ada lives.",
        "我叫什么名字",
        "你喜欢核桃吗？",
        "我几岁",
    ],
)
def test_questions_are_seen(text: str) -> None:
    """What asks is a question, with its mark or without, in English and Chinese."""
    assert is_question(text)
    assert facts(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "When I was ten, we moved to Oslo.",
        "What I love is my garden.",
        "I live in Oslo.",
        "我有几个朋友。",
        "我喜欢核桃。",
    ],
)
def test_statements_are_seen(text: str) -> None:
    """What tells of the speaker is a fact, even where it begins like a question."""
    assert not is_question(text)
    assert facts(text) == [text]


def test_facts_are_told_from_questions_and_small_talk() -> None:
    """Of a mixed message the sentences about the speaker are stored, and version 3.5 is not torn apart."""
    text = "Hello! I use version 3.5 at work. Nice weather. Where is Ada? My cat is Tofu."
    assert facts(text) == ["I use version 3.5 at work.", "My cat is Tofu."]


def test_a_text_with_one_question_has_a_question() -> None:
    """A question among statements is seen, and a text without one has none."""
    assert has_question("I live in Oslo. Where do you live?")
    assert not has_question("I live in Oslo. It rains.")
