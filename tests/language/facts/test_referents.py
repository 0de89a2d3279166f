"""Whom a pronoun stands for."""

from datetime import datetime

import pytest

from carrel.language.acts.classify import read
from carrel.language.facts.referents import resolve, spoken_of_last
from carrel.language.languages import Language

NOW = datetime(2026, 11, 28, 10)


@pytest.mark.parametrize(
    ("language", "before", "text", "resolved"),
    [
        ("en", ["My sister Ann is a nurse."], "She lives in Ulm.", ["My sister Ann lives in Ulm."]),
        ("en", ["We have a cat called Momo."], "How old is she?", ["How old is Momo?"]),
        (
            "en",
            ["My boss is called Ines.", "I like tea."],
            "Her birthday is on May 3.",
            ["Ines's birthday is on May 3."],
        ),
        ("en", ["Where does my brother live?"], "And when is his birthday?", ["And when is my brother's birthday?"]),
        ("en", ["I like tea."], "She lives in Ulm.", ["She lives in Ulm."]),
        ("en", [], "My dog is called Rex. He is 4 years old.", ["My dog is called Rex.", "Rex is 4 years old."]),
        ("en", ["My dog is called Rex."], "My aunt says he is nice.", ["My aunt says he is nice."]),
        ("zh", ["我的妹妹叫小美。"], "她住在成都。", ["小美住在成都。"]),
        ("zh", ["我的妹妹叫小美。"], "她住在哪里？", ["小美住在哪里？"]),
        ("zh", ["我老公叫王强，他是医生。", "我老公叫什么名字？"], "他在哪里工作？", ["我老公在哪里工作？"]),
        ("de", ["Meine Schwester heißt Jana."], "Wo wohnt sie?", ["Wo wohnt Jana?"]),
        ("fr", ["Ma sœur s'appelle Léa."], "Elle habite à Lyon.", ["Léa habite à Lyon."]),
        ("es", ["Mi hermana se llama Inés."], "Ella vive en Cádiz.", ["Inés vive en Cádiz."]),
    ],
)
def test_a_pronoun_stands_for_who_was_spoken_of_last(
    language: Language, before: list[str], text: str, resolved: list[str]
) -> None:
    """In the messages before, the newest first, and in the message itself."""
    of = spoken_of_last(reversed(before), language, NOW)
    assert [said.text for said in resolve(read(text, language), of, NOW)] == resolved


def test_who_was_spoken_of_long_ago_is_meant_no_more() -> None:
    """After some messages about others a pronoun stands for nobody known."""
    before = ["My dog is called Rex.", *["I like tea."] * 9]
    assert spoken_of_last(reversed(before), "en", NOW) == ""
