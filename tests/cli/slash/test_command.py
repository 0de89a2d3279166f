"""What a slash command is."""

from carrel.cli.slash.command import SlashCommand, candidates
from carrel.cli.slash.registry import COMMANDS
from carrel.cli.terminal.input.reader import Candidate


def test_candidates_begin_with_what_was_typed() -> None:
    """In upper or lower case."""
    options = (("recall", "messages"), ("Rex", "a dog"), ("all", ""))
    assert candidates("R", *options) == [Candidate("recall", "messages"), Candidate("Rex", "a dog")]
    assert candidates("", *options) == [Candidate(*option) for option in options]
    assert candidates("x", *options) == []


def test_usage() -> None:
    """The name with its arguments, as it is typed."""
    command = SlashCommand("undo", "take back", lambda chat, argument: None, "[TURN]")
    assert command.usage == "/undo [TURN]"
    assert next(c.usage for c in COMMANDS if c.name == "quit") == "/quit"
