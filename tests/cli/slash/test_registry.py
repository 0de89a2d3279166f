"""The table of slash commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.cli.slash.registry import COMMANDS, edit_distance, find, nearest
from tests.cli.harness import carrel

WORD = st.text("abc", max_size=6)


def test_names_are_unique() -> None:
    """No name or alias stands for two commands, and each is in lower case."""
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    assert sorted(set(names)) == sorted(names)
    assert [name for name in names if name != name.lower()] == []


def test_every_command_says_what_it_does() -> None:
    """In one line that goes on from the name: no capital, no full stop."""
    assert [c.name for c in COMMANDS if not c.about or c.about[0].isupper() or c.about.endswith(".")] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("hlep", "help"), ("unod", "undo"), ("mem", "memory"), ("EXIT", "quit"), ("why?", "why"), ("serch", "search")],
)
def test_the_nearest_name(typed: str, meant: str) -> None:
    """An exchange of letters is one edit; a beginning means the whole name."""
    command = nearest(typed)
    assert command is not None
    assert command.name == meant


@pytest.mark.parametrize("typed", ["zzzzzz", "", "ß", "12"])
def test_nothing_is_near(typed: str) -> None:
    """A name that is like none suggests none."""
    assert nearest(typed) is None
    assert find(typed) is None


@given(WORD, WORD)
def test_a_distance(first: str, second: str) -> None:
    """It is symmetric, nothing between equal words only, and never more than the longer word has letters."""
    distance = edit_distance(first, second)
    assert distance == edit_distance(second, first)
    assert (distance == 0) == (first == second)
    assert abs(len(first) - len(second)) <= distance <= max(len(first), len(second))


def test_distances_that_are_known() -> None:
    """Adding, removing, replacing and exchanging neighbours count one each."""
    pairs = [("help", "hlep"), ("help", "hel"), ("help", "helps"), ("kitten", "mittens"), ("", "abc")]
    assert [edit_distance(*pair) for pair in pairs] == [1, 1, 1, 2, 3]


def test_help_lists_every_command() -> None:
    """/help names each command with its arguments, and how to say a slash; /help NAME explains one."""
    ran = carrel("chat", stdin="/help\n/help /QUIT\n/help zzz\n")
    lines = ran.err.splitlines()
    assert [line.split("  ")[1] for line in lines[: len(COMMANDS)]] == [command.usage for command in COMMANDS]
    assert lines[len(COMMANDS)].startswith("  //TEXT ")
    assert lines[-3:] == ["/quit: leave.", "Also: /exit, /q", "Error: '/zzz' is not a command. See /help."]
