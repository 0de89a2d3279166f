"""Short messages that only mean something with the sentence before them."""

from datetime import datetime

import pytest

from carrel.language.facts.amend import amend, go_on
from carrel.language.languages import Language

NOW = datetime(2026, 11, 28, 10)


@pytest.mark.parametrize(
    ("language", "sentence", "correction", "amended"),
    [
        ("en", "my flight is on December 9", "it's the 10th", "my flight is on December 10"),
        ("en", "I have a call with Ines at 3pm tomorrow", "4pm", "I have a call with Ines at 4pm tomorrow"),
        ("en", "I live in Leads", "Leeds", "I live in Leeds"),
        ("en", "I have two brothers", "three", "I have three brothers"),
        ("de", "Die Prüfung ist am 10. Dezember", "doch am 11", "Die Prüfung ist am 11. Dezember"),
        ("fr", "mon rendez-vous est mercredi à 15h", "c'est jeudi", "mon rendez-vous est jeudi à 15h"),
        ("es", "mi examen es el 8 de diciembre", "es el 9", "mi examen es el 9 de diciembre"),
        ("zh", "明天上午十点和王经理开会", "是下午两点", "明天下午两点和王经理开会"),
        ("zh", "我妹妹今年上高二", "是高三", "我妹妹今年上高三"),
        ("en", "my flight is on December 9", "the airline is awful", None),
        ("en", "my flight is on December 9", "", None),
    ],
)
def test_only_what_is_corrected_changes(
    language: Language, sentence: str, correction: str, amended: str | None
) -> None:
    """The month, the hour and the rest of the sentence stay."""
    assert amend(sentence, correction, language, NOW) == amended


@pytest.mark.parametrize(
    ("language", "sentence", "addition", "whole"),
    [
        ("de", "ich muss noch Brot, Butter und Klopapier kaufen", "und Senf", "ich muss noch Senf kaufen"),
        ("en", "I need to buy eggs and milk", "oh and batteries", "I need to buy batteries"),
        ("en", "I am allergic to nuts", "and soy", "I am allergic to soy"),
        ("en", "I live in Bonn", "and Paris", None),
        ("en", "I need to buy eggs", "and then I went home to sleep for a week", None),
        ("en", "I need to buy eggs", "batteries", None),
    ],
)
def test_a_list_goes_on(language: Language, sentence: str, addition: str, whole: str | None) -> None:
    """A sentence of its own says what is added; what holds one value, or is no list, does not go on."""
    assert go_on(sentence, addition, language, NOW) == whole
