"""Blocks are shown with who wrote each line, and any memory with its versions."""

import pytest

from carrel.errors import NotFound
from carrel.inspector.subject import Subject
from carrel.inspector.views.core import events_of
from tests.inspector.conftest import Ask


def test_each_line_says_who_wrote_it(ask: Ask) -> None:
    """The blame is the one that the command line prints: the agent's lines with their turn, the user's without."""
    persona, human = ask("core")["blocks"]
    assert [line["event"] for line in persona["lines"]] == [None]
    assert human["value"] == "\n".join(line["text"] for line in human["lines"])
    written = [(line["text"], line["event"]["actor"], bool(line["event"]["turn"])) for line in human["lines"]]
    assert written[-2:] == [("Prefers tea to coffee.", "user", False), ("喜欢喝茶。", "user", False)]
    assert written[0] == ("Was in Paris.", "agent", True)
    assert (human["limit"], human["pinned"], human["description"]) == (2000, False, "what you know of the user")


def test_versions_are_shown_newest_first_with_what_changed(ask: Ask) -> None:
    """The forgotten line stands removed in the newest version; the first one added its line."""
    found = ask("history", id="human")
    assert found["total"] == len(found["versions"]) == 7
    newest, oldest = found["versions"][0], found["versions"][-1]
    assert newest["event"]["op"] == "forget"
    assert [line for line in newest["diff"] if line.startswith(("+", "-"))] == ["-Was in Lisbon."]
    assert (oldest["event"], oldest["text"], oldest["diff"]) == (None, "", [])


def test_a_passage_has_versions_too(ask: Ask, subject: Subject) -> None:
    """A memory goes by its id, or a prefix of it; an unknown one is not found."""
    agent = subject.agent("default")
    passage = agent.archival.latest(2)[0]
    assert [version["text"] for version in ask("history", id=passage.id[:9])["versions"]] == [passage.text]
    assert events_of(agent, passage.id) == agent.memory.history("archival", passage.id)
    with pytest.raises(NotFound):
        ask("history", id="p-nothing")
