"""What is noted of a message."""

import pytest

from carrel.language.facts.current import same_words
from carrel.language.facts.read import facts_in
from carrel.models.offline.noting import Noted, corrected_sentence, is_worth_noting, note, spoken_of
from tests.models.offline.turns import situation


def noted(text: str, human: str = "", **given: object) -> Noted:
    """Return what is noted of a message."""
    return note(situation(text, human, **given), same_words)


def test_statements_are_noted_with_their_day() -> None:
    """Questions, greetings and commands are not."""
    found = noted("Hello! I keep bees. Where is Ada? My hives are blue.")
    assert found.edits.added == ["I keep bees. [2026-11-28]", "My hives are blue. [2026-11-28]"]
    assert found.new == ["I keep bees.", "My hives are blue."]


def test_remember_that_is_not_part_of_it() -> None:
    """What is to be remembered is the fact."""
    assert noted("Please remember that my cat is called Tofu.").edits.added == ["my cat is called Tofu [2026-11-28]"]


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("I am tired.", True),
        ("The rent is 900 euros.", True),
        ("Then Rosa came.", True),
        ("The door code is 7731.", True),
        ("Remind me to call mom.", True),
        ("Nice weather.", False),
        ("Abito a Roma con mia madre.", True),
        ("私の犬はポチです。", True),
    ],
)
def test_what_is_worth_noting(text: str, worth: bool) -> None:
    """What tells of the user, or holds a fact, a name, a figure; in another language anything longer."""
    found = situation(text)
    assert is_worth_noting(found.said[0], found) is worth


def test_a_new_value_takes_the_line_of_the_old() -> None:
    """What does not hold any more is named."""
    found = noted("I live in Ulm.", "I live in Bonn. [2026-11-01]\nI like tea. [2026-11-01]")
    assert found.edits.replaced == {("human", "I live in Bonn. [2026-11-01]"): "I live in Ulm. [2026-11-28]"}
    assert (found.edits.added, found.old) == ([], ["I live in Bonn."])


def test_what_else_the_line_says_is_kept() -> None:
    """Of two facts in a line only the outdated one goes."""
    found = noted("I live in Ulm.", "I live in Bonn and I work as a vet. [2026-11-01]")
    assert found.edits.replaced == {
        ("human", "I live in Bonn and I work as a vet. [2026-11-01]"): "I work as a vet [2026-11-01]"
    }
    assert found.edits.added == ["I live in Ulm. [2026-11-28]"]


def test_what_is_known_is_not_noted_again() -> None:
    """The same fact in the same words or in others."""
    found = noted("I'm living in Bonn.", "I live in Bonn. [2026-11-01]")
    assert found.repeated
    assert (found.edits.added, found.edits.replaced) == ([], {})


def test_a_passage_that_is_outdated_is_updated() -> None:
    """Where it was recalled and states nothing else."""
    line = "[p-0123456789ab | 2026-11-20 09:30 | archival] I live in Bonn."
    assert noted("I live in Ulm.", recalled=(line,)).edits.updated == {"p-0123456789ab": "I live in Ulm."}


@pytest.mark.parametrize(
    ("before", "text", "line"),
    [
        ("My birthday is May 6.", "no that's wrong, it is on May 7", "My birthday is May 7."),
        ("I live in Bonn.", "No, I live in Ulm.", "I live in Ulm"),
        ("My dog is called Rex.", "Sorry, I meant Max.", "My dog is called Max."),
        ("我的生日是五月六号。", "不对，是五月七号。", "我的生日是五月七号。"),
        ("Mein Geburtstag ist am 6. Mai.", "Nein, das ist falsch, er ist am 7. Mai.", "Mein Geburtstag ist am 7. Mai."),
        ("Mon anniversaire est le 6 mai.", "Non, c'est faux, c'est le 7 mai.", "Mon anniversaire est le 7 mai."),
        ("Mi cumpleaños es el 6 de mayo.", "No, eso es falso, es el 7 de mayo.", "Mi cumpleaños es el 7 de mayo."),
    ],
)
def test_a_correction_takes_the_line_that_is_wrong(before: str, text: str, line: str) -> None:
    """Its value is put into the sentence that was wrong."""
    found = noted(text, f"{before} [2026-11-28]", earlier=(before,))
    assert found.edits.replaced == {("human", f"{before} [2026-11-28]"): f"{line} [corrected 2026-11-28]"}
    assert found.corrected == [line]


def test_a_correction_without_a_key_takes_the_line_that_says_nearly_the_same() -> None:
    """Where none does, it is noted as it stands."""
    old = "My flight leaves at 6 pm on Friday. [2026-11-28]"
    new = "My flight leaves at 8 pm on Friday [corrected 2026-11-28]"
    text = "Correction: My flight leaves at 8 pm on Friday."
    assert noted(text, f"I like tea. [2026-11-01]\n{old}").edits.replaced == {("human", old): new}
    assert noted(text, "I like tea. [2026-11-01]").edits.added == [new]


def test_a_correction_of_nothing_is_unclear() -> None:
    """It is asked what is right."""
    assert noted("That's wrong.").unclear
    assert noted("That's wrong.").edits.added == []


def test_what_was_spoken_of_last() -> None:
    """What was stated, or asked for and is known."""
    stated = spoken_of(situation("Hm.", earlier=("I live in Bonn.", "Thanks!")), same_words)
    asked = spoken_of(
        situation("Hm.", "My birthday is May 6. [2026-11-01]", earlier=("When is my birthday?",)), same_words
    )
    assert (stated and stated.value, asked and asked.value) == ("Bonn", "May 6")
    assert spoken_of(situation("Hm."), same_words) is None


def test_a_value_is_put_in_its_place() -> None:
    """Where the sentence does not hold it, the value stands alone."""
    (fact,) = facts_in("I live in Bonn.", "en")
    assert corrected_sentence(fact, "Ulm") == "I live in Ulm."
    assert corrected_sentence(fact, "") == "I live in Bonn."
