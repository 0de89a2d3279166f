"""`carrel memory why`: an answer by its turn or message, a passage by its id, and what is refused."""

from pathlib import Path

import pytest

from tests.cli.harness import carrel


@pytest.fixture
def turn(home: Path) -> str:
    """A home in which a question was answered from what was said before; the turn of the question."""
    carrel("ask", "My dog is called Rex, 小明说。")
    return str(carrel("ask", "What is my dog called?", "--json").data["turn"])


def test_why_the_answer_says_so(turn: str) -> None:
    """Without an id it is the last answer; a turn, its prefix and its messages name it too."""
    data = carrel("memory", "why", "--json").data
    assert (data["turn"], data["asked"]) == (turn, "What is my dog called?")
    assert "Rex" in data["searches"][0]["hits"][0]["text"]
    reply = carrel("memory", "ls", "--tier", "recall", "--json").data[-1]["id"]
    for reference in (turn, turn[:9], reply, reply[2:], "last"):
        assert carrel("memory", "why", reference, "--json").data == data, reference
    said = carrel("memory", "why").out
    assert 'looked up before the model was asked, "What is my dog called?"' in said
    assert "(words " in said
    assert "小明" in said


def test_why_a_memory_is_there(turn: str) -> None:
    """A passage says who wrote it, and which answers the model was shown it for."""
    stored = carrel("memory", "add", "Rex likes bones").out.split()[-1].rstrip(".")
    assert "No answer was shown it." in carrel("memory", "why", stored[2:]).out
    carrel("ask", "Does Rex like bones?")
    data = carrel("memory", "why", stored, "--json").data
    assert (data["written"]["actor"], data["origin"]) == ("user", None)
    assert [use["asked"] for use in data["uses"]] == ["Does Rex like bones?"]
    assert "Shown to the model for:" in carrel("memory", "why", stored).out


def test_what_is_refused(turn: str) -> None:
    """Unknown ids, ambiguous ones, and those of another agent."""
    carrel("ask", "Hello", "-a", "bob")
    for reference, code in (("t-nothing", 4), ("t-", 2), ("nothing", 4), ("m-", 2)):
        assert carrel("memory", "why", reference).code == code, reference
    assert carrel("memory", "why", turn, "-a", "bob").code == 4
