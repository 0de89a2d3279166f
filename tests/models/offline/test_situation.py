"""What a request tells the offline model."""

from datetime import datetime

from carrel.language.answers.remembered import Remembered
from carrel.models.offline.situation import remembered_line
from tests.models.offline.turns import NOW, done, situation

LINE = "[m-0123456789ab | 2026-11-20 09:30 | user] I live in Bonn."
PASSAGE = "[p-0123456789ab | 2026-11-21 09:30 | archival] Bonn is old."
OLD = "[p-0123456789cd | 2026-11-21 09:30 | archival | superseded] Bonn was young."


def test_the_parts_of_a_request() -> None:
    """The message without its tail, the time, what was said before, and core memory."""
    found = situation("Where do I live?", "I live in Ulm. [2026-11-27]", earlier=("Hello.", "I like tea."))
    assert (found.text, found.now, found.language) == ("Where do I live?", NOW, "en")
    assert found.earlier == ("Hello.", "I like tea.")
    assert found.core == {"persona": "I am Carrel.", "human": "I live in Ulm. [2026-11-27]"}
    assert (found.calls, found.results) == ((), ())
    assert "recall_search" in found.offered


def test_an_empty_block_holds_nothing() -> None:
    """The word that is shown for it is no line."""
    assert situation("Hi.").core["human"] == ""


def test_what_was_found_is_remembered_with_its_day() -> None:
    """Recalled lines and results of searches, then core memory, then the message; superseded passages are left out."""
    searched = done("archival_search", f"2 results:\n{PASSAGE}\n{OLD}")
    found = situation("Where do I live?", "I like tea. [2026-11-27]", recalled=(LINE,), done=(searched,))
    assert [(one.text, one.tier, one.who) for one in found.remembered] == [
        ("Bonn is old.", "archival", "archival"),
        ("I live in Bonn.", "recall", "user"),
        ("I like tea.", "core", "user"),
        ("Where do I live?", "recall", "user"),
    ]
    assert found.remembered[1].said == datetime(2026, 11, 20, 9, 30, tzinfo=NOW.tzinfo)


def test_the_persona_tells_nothing_of_the_user() -> None:
    """Only other blocks are quoted."""
    assert situation("Hi.", "I like tea.").core_lines == [Remembered("I like tea.", None, "user", "core")]


def test_a_line_of_core_memory_ends_with_its_day() -> None:
    """And may be a correction."""
    line = remembered_line("I like tea. [corrected 2026-11-27]", NOW)
    assert (line.text, line.said, line.corrected) == (
        "I like tea.",
        datetime(2026, 11, 27, tzinfo=NOW.tzinfo),
        True,
    )


def test_core_memory_is_as_it_was_when_the_turn_began() -> None:
    """What calls of this turn changed is not yet in it."""
    edit = done("core_memory_append", "Block 'human' now holds (11 of 2000 characters):\nI like tea.")
    assert situation("I like tea.", done=(edit,)).core["human"] == ""


def test_the_language_is_that_of_the_conversation() -> None:
    """Where a message does not show it."""
    assert situation("Tofu!", earlier=("Ich wohne in Bonn.",)).language == "de"
    assert situation("Tofu!").language == "en"
    assert [said.language for said in situation("我叫小雨。").said] == ["zh"]
