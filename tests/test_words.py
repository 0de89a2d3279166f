"""Words: what is indexed is found, in any script, and no text is syntax."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.words import MAX_TERMS, STOP_WORDS, index_words, query_terms


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("... !?", ""),
        ("Hello, world", "Hello world"),
        ("北京", "北京 京"),
        ("我住在北京", "我住 住在 在北 北京 京"),
        ("茶", "茶"),
        ("I like 茶 and 咖啡。", "I like 茶 and 咖啡 啡"),
        ("getUserName", "getUserName get User Name"),
        ("HTTPServer2", "HTTPServer2 HTTP Server 2"),
        ("max_pool_size", "max pool size"),
        ("abc123", "abc123"),
        ("🎂 cake 🎂", "emoji1f382 cake emoji1f382"),
        ("a☃b", "a emoji2603 b"),
        ("don't", "don t"),
    ],
)
def test_index_words(text: str, words: str) -> None:
    """A text's words stand in its order: pairs of Chinese, parts of identifiers, emoji by name, nothing else."""
    assert index_words(text) == words


def test_extra_words() -> None:
    """The extra words of a text come before its own, and empty ones are left out."""
    assert index_words("Hello", "Ann", None, "") == "Ann Hello"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("What did Ann say about the Heron?", ["ann", "say", "heron"]),
        ("who are you", ["who", "are", "you"]),
        ("heron Heron HERON", ["heron"]),
        ("你的猫", ["的猫"]),
        ("你的", ["你的"]),
        ("什么", ["什么"]),
    ],
)
def test_query_terms(text: str, terms: list[str]) -> None:
    """A question's terms are distinct and lower case; grammar is left out unless there is nothing else."""
    assert query_terms(text) == terms


def test_the_number_of_terms_is_limited() -> None:
    """A very long question is cut to its first terms."""
    assert query_terms(" ".join(f"w{n}" for n in range(500))) == [f"w{n}" for n in range(MAX_TERMS)]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
def test_terms_are_distinct(query: str) -> None:
    """Terms are lower case, none twice, none with a quote or white space, and not more than the most."""
    terms = query_terms(query)
    assert len(terms) == len(set(terms)) <= MAX_TERMS
    assert all(term == term.lower() and not set(term) & set('" \t\n') for term in terms)
    assert not set(terms) & STOP_WORDS or set(terms) <= STOP_WORDS
