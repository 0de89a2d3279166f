"""/why: which memories an answer used."""

import re

from hypothesis import given
from hypothesis import strategies as st

from carrel.cli.slash.why import excerpt
from tests.cli.harness import carrel

ID = r"[mp]-[0-9a-z]+"


def test_why_says_what_was_used() -> None:
    """In sentences: when, who, the words that matter, how well it fits, and from which tier it came."""
    said = "It rained all day and we stayed at home, but at least my dog is called Rex and he likes it. So it goes."
    carrel("chat", stdin=f"{said}\n")
    ran = carrel("chat", stdin="What is my dog called?\n/why\n")
    lines = ran.err.splitlines()
    assert lines[0] == 'Looked up for your message "What is my dog called?": 1 memory found, 1 used.'
    line = r'1 ★ \d+ \w{3}, you: "… (.*)…" \(words \.?\d, meaning 0\): used · recall ' + ID
    match = re.fullmatch(line, lines[1])
    assert match, lines
    assert "my dog is called Rex" in match[1]


def test_why_all_says_what_was_left_out() -> None:
    """What was found and not used has its reason; a passage is a stored fact."""
    carrel("memory", "add", "Rex is a dog.")
    ran = carrel("chat", stdin="My dog is called Rex.\nWhat is my dog called?\n/why all\n")
    assert re.search(rf'★ \d+ \w+, a stored fact: "Rex is a dog\." \(words .*\): used · archival {ID}\n', ran.err)
    assert re.search(rf"not used, already in main context · recall {ID}\n", ran.err)


def test_why_of_a_turn_and_of_nothing() -> None:
    """Another turn goes by its id; where nothing was looked up it says so; a new session has no answer yet."""
    carrel("ask", "My dog is called Rex.")
    turn = carrel("ask", "What is my dog called?", "--json").data["turn"]
    ran = carrel("chat", stdin=f"/why {turn}\n/why\n/why a b\n")
    assert ran.err.startswith('Looked up for your message "What is my dog called?"')
    assert "Error: This session has no turn yet. Say something first.\n" in ran.err
    assert "Error: 'a b' is more than one turn." in ran.err
    nothing = carrel("chat", stdin="Hello\n/why\n", CARREL_PAGE_IN="false").err
    assert nothing == "Memory was not used for this answer: nothing was looked up, or nothing was found.\n"


def test_a_memory_that_was_forgotten_since() -> None:
    """It is named by its id, and its words do not come back."""
    carrel("chat", stdin="My dog is called Rex.\n")
    turn = carrel("ask", "What is my dog called?", "--json").data["turn"]
    carrel("memory", "forget", "--query", "dog called Rex", "--yes")
    assert re.search(
        rf"1 ★ {ID}, which was forgotten since \(words 1, meaning 0\): used\n",
        carrel("chat", stdin=f"/why {turn}\n").err,
    )


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=5), max_size=3), st.integers(10, 80))
def test_an_excerpt_fits(text: str, terms: list[str], limit: int) -> None:
    """It is no longer than asked for, but for the marks where something is left out."""
    assert len(excerpt(text, terms, limit)) <= limit + 2


def test_an_excerpt_shows_the_words() -> None:
    """It begins before the first word that was asked for, also in Chinese."""
    text = "a " * 100 + "and now I live in Bonn"
    assert excerpt(text, ["bonn"], 30) == "… a a a and now I live in Bonn"
    assert "波恩" in excerpt("天" * 100 + "我住在波恩", ["波恩"], 30)
    assert excerpt("Short.", [], 30) == "Short."
