"""Words: what is indexed is found, in any script, and no text is syntax."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.words import MAX_TERMS, STOP_WORDS, index_words, is_single, query_terms, stem, terms_as_written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("... !?", ""),
        ("Hello, world", "hello world"),
        ("北京", "北京 京"),
        ("我住在北京", "我住 住在 在北 北京 京"),
        ("茶", "茶"),
        ("I like 茶 and 咖啡。", "i like 茶 and 咖啡 啡"),
        ("getUserName", "getusername get user name"),
        ("HTTPServer2", "httpserver2 http server 2"),
        ("max_pool_size", "max pool size"),
        ("abc123", "abc123"),
        ("🎂 cake 🎂", "emoji1f382 cake emoji1f382"),
        ("a☃b", "a emoji2603 b"),
        ("don't", "don t"),
        ("Straße, Łódź", "strasse lodz"),
        ("Müller", "muller mueller"),
        ("ジョン・レノン", "ジョ ョン ン レノ ノン ン"),
        ("แมวดี", "แม มว วด\U000f0e35 ด\U000f0e35"),
        ("हिंदी", "ह\U000f093f\U000f0902द\U000f0940"),
    ],
)
def test_index_words(text: str, words: str) -> None:
    """A text's words stand in its order: pairs of Chinese and Thai, parts of identifiers, emoji by name."""
    assert index_words(text) == words


def test_extra_words() -> None:
    """The extra words of a text come before its own, and empty ones are left out."""
    assert index_words("Hello", "Ann", None, "") == "ann hello"


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
    assert all(term == term.casefold() and not set(term) & set('" \t\n') for term in terms)
    assert not set(terms) & STOP_WORDS or set(terms) <= STOP_WORDS


@pytest.mark.parametrize(
    ("word", "expected"), [("Running", "run"), ("naïvely", "naiv"), ("Straßen", "strassen"), ("бежать", "бежать")]
)
def test_stem(word: str, expected: str) -> None:
    """English is stemmed, after normalisation; a word in another script is only normalised."""
    assert stem(word) == expected


def test_terms_as_written() -> None:
    """What earlier versions indexed: lower case, but accents, width and traditional characters as they are."""
    assert terms_as_written("The Hauptstraße in 台灣, ＡＢ") == ["hauptstraße", "hauptstra", "e", "台灣", "ａｂ"]


def test_single_characters() -> None:
    """One character of a script without spaces, with its signs; a letter or a pair is none."""
    assert [term for term in ("茶", "茶叶", "a", "ด\U000f0e35", "ดว", "か") if is_single(term)] == [
        "茶",
        "ด\U000f0e35",
        "か",
    ]


def test_characters_for_private_use_are_no_words() -> None:
    """They end a word, also those that stand for marks in normal text."""
    assert index_words("北京\U000f0300 caf\ue000e") == index_words("北京 caf e")
