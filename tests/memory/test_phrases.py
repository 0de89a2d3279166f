"""Sentences are recognised and cut whatever their case, spacing and punctuation, in every script."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.memory.phrases import Needles, fold, stems, telling_sentences

PASSWORD = Needles(frozenset({"my password is hunter2"}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My password is hunter2.", True),
        ("  MY PASSWORD\nis “hunter2”!", True),
        ("You said: my password is hunter2 (on Monday).", True),
        ("My password is hunter22.", False),
        ("Oh my password is hunter2b", False),
        ("My password is long.", False),
        ("", False),
    ],
)
def test_a_sentence_is_found_between_words(text: str, expected: bool) -> None:
    """Case, spacing and punctuation do not matter; a longer word is another one."""
    assert PASSWORD.hit(text) is expected


def test_chinese_is_found_without_spaces() -> None:
    """A Chinese sentence is found inside a longer one."""
    needles = Needles(frozenset(telling_sentences("我的密码是猎人二号。")))
    assert needles.hit("你说过：我的密码是猎人二号，对吗？")
    assert needles.cut("我喜欢核桃。我的密码是猎人二号。") == "我喜欢核桃。"


def test_a_name_between_chinese_characters() -> None:
    """A word in Latin letters is a word of its own, and one with invisible characters in it is the same word."""
    assert Needles(words=stems("Zorblax")).hit("我的猫叫做zorblax，很可爱。")
    assert Needles(words=stems("Zorblax")).hit("It is called Zor\u00adblax.")
    assert fold("Zor\u00adblax\u200b is") == "zorblax is"


def test_words_and_groups() -> None:
    """A word is found by its stem, a group only where its words stand in one sentence."""
    assert Needles(words=stems("peanuts")).hit("One peanut.")
    together = Needles(together=(stems("red bike"),))
    assert together.hit("My bike is red.")
    assert not together.hit("My bike is new. My hat is red.")
    assert not Needles().hit("anything")


def test_a_cut_leaves_the_other_sentences() -> None:
    """Only the sentences that contain a needle go; a line that is empty then goes too."""
    text = "I sail. My password is hunter2. I ski.\nMy password is hunter2\nThe end"
    assert PASSWORD.cut(text) == "I sail. I ski.\nThe end"
    assert PASSWORD.cut("My password\nis hunter2") == ""
    assert PASSWORD.cut("I sail. [2026-11-28]\nMy password is hunter2. [2026-11-28]") == "I sail. [2026-11-28]"
    assert PASSWORD.cut("  Nothing here,\n\n  as it was ") == "  Nothing here,\n\n  as it was "


def test_json_is_cut_inside() -> None:
    """Texts in JSON, and in JSON that is a text in JSON, are cut, and the rest stays JSON."""
    inner = json.dumps({"text": "My password is hunter2. I sail.", "tags": ["a"]})
    value = {"role": "assistant", "calls": [{"arguments": inner}], "n": 3, "none": None}
    assert PASSWORD.hit_json(value)
    cut = PASSWORD.cut_json(value)
    assert json.loads(cut["calls"][0]["arguments"]) == {"text": "I sail.", "tags": ["a"]}
    assert not PASSWORD.hit_json(cut)
    assert PASSWORD.cut_json("{not json") == "{not json"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes. Thank you!", []),
        ("I live in Oslo. Noted.", ["i live in oslo"]),
        ("4711", ["4711"]),
        ("好的。我住在上海。", ["我住在上海"]),
    ],
)
def test_what_everybody_says_is_not_looked_for(text: str, expected: list[str]) -> None:
    """A sentence needs two words that say something, a number, or four Chinese characters."""
    assert telling_sentences(text) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_cut_text_has_no_needle(first: str, second: str) -> None:
    """Whatever is cut by the sentences of a text holds none of them."""
    needles = Needles(frozenset(telling_sentences(first)), stems(second))
    assert not needles.hit(needles.cut(f"{first} {second}\n{first}"))


@given(st.text(max_size=60))
def test_folding_is_idempotent(text: str) -> None:
    """A folded text stays as it is."""
    assert fold(fold(text)) == fold(text)
