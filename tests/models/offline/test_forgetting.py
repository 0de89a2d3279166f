"""What a request to forget removes."""

from carrel.models.offline.forgetting import TOOL, Forgotten, consent, core_after, forget, still_to_do
from carrel.rendering.notices import render_consent_needed, render_consent_refused
from tests.models.offline.turns import TOOLS, done, situation

TWO = "I live in Leeds and I work as a vet. [2026-11-01]"
NUTS = "I am allergic to nuts. [2026-11-01]"


def forgotten(text: str, human: str = "", **given: object) -> Forgotten:
    """Return what a message asks to forget."""
    return forget(situation(text, human, **given))


def test_the_line_that_is_meant_is_removed() -> None:
    """And named; the others stay."""
    found = forgotten("Please forget that I am allergic to nuts.", f"{NUTS}\n{TWO}")
    assert found.edits.replaced == {("human", NUTS): ""}
    assert (found.topics, found.removed) == (["I am allergic to nuts"], ["I am allergic to nuts."])


def test_of_two_facts_in_a_line_one_stays() -> None:
    """With its day."""
    found = forgotten("Forget where I live.", TWO)
    assert found.edits.replaced == {("human", TWO): "I work as a vet [2026-11-01]"}
    assert found.removed == ["I live in Leeds"]


def test_short_passages_are_removed_and_messages_are_named() -> None:
    """A document stays."""
    recalled = (
        "[p-0123456789ab | 2026-11-20 09:30 | archival] I am allergic to nuts.",
        "[p-0123456789cd | 2026-11-20 09:30 | archival] On nuts. I am allergic to nuts. Tea is fine. So is milk.",
        "[m-0123456789ab | 2026-11-20 09:30 | user] I am allergic to nuts.",
    )
    found = forgotten("Forget that I am allergic to nuts.", recalled=recalled)
    assert found.edits.deleted == ["p-0123456789ab"]
    assert found.said


def test_what_was_just_said_can_be_taken_back() -> None:
    """All that the message before stated."""
    found = forgotten("Scratch that.", NUTS, earlier=("I am allergic to nuts.", "Thanks!"))
    assert found.edits.replaced == {("human", NUTS): ""}


def test_nothing_is_removed_by_any_other_message() -> None:
    """A fact, a question, or a request that means nothing that is there."""
    for text in ("I am allergic to nuts.", "Am I allergic to nuts?", "Forget my shoe size."):
        assert forgotten(text, NUTS).removed == []


ASKED = "Forget that I am allergic to nuts."
SAID = "[m-0123456789ab | 2026-11-20 09:30 | user] I am allergic to nuts."


def test_the_tool_is_given_lines_and_messages_that_are_meant_as_a_whole() -> None:
    """Of a line that says something else too, the part is cut out by another call."""
    assert forgotten(ASKED, f"{TWO}\n{NUTS}", recalled=(SAID,)).ids == ["human:2", "m-0123456789ab"]
    found = forgotten("Forget where I live.", TWO)
    assert found.ids == []
    assert still_to_do(situation("Forget where I live.", TWO), found) == [
        ("core_memory_replace", {"label": "human", "old": TWO, "new": "I work as a vet [2026-11-01]"})
    ]


def test_nothing_else_is_removed_where_the_user_agreed_or_refused() -> None:
    """Where nobody can be asked, the line is removed by the calls that any model may make."""
    asked = {"tools": (*TOOLS, TOOL)}
    assert consent(situation(ASKED, NUTS, **asked)) is None
    removal = [("core_memory_replace", {"label": "human", "old": NUTS, "new": ""})]
    for result, ok, way, calls in (
        ("Forgotten: 1 × line of core memory.", True, "given", []),
        (render_consent_refused(TOOL), False, "refused", []),
        (render_consent_needed(TOOL), False, "missing", removal),
    ):
        given = situation(ASKED, NUTS, done=(done(TOOL, result, ok),), **asked)
        assert consent(given) == way
        assert still_to_do(given, forget(given)) == calls
    assert consent(situation(ASKED, NUTS)) == "missing"


def test_the_lines_that_the_tool_removes_are_left_out_of_what_is_changed_after_it() -> None:
    """So that no other change of the block brings them back."""
    given = situation(ASKED, f"{TWO}\n{NUTS}")
    assert core_after(given, forget(given))["human"] == TWO
