"""Candidates for slash commands and their arguments."""

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from carrel.cli.terminal.input.completion import SlashCompleter
from carrel.cli.terminal.input.reader import Candidate, CommandHelp


def sessions(arguments: str) -> list[Candidate]:
    """Return two sessions, with what was typed as what they are about."""
    return [Candidate("s-12", f"after '{arguments}'"), Candidate("s-34\x1b[2J", "x" * 100)]


COMPLETER = SlashCompleter([CommandHelp("resume", "go on", sessions), CommandHelp("retry", "ask again")])


def candidates(text: str) -> list[tuple[str, str]]:
    """Return the lines that would stand after each choice, and what is said of them."""
    found = COMPLETER.get_completions(Document(text), CompleteEvent())
    return [(text[: len(text) + one.start_position] + one.text, one.display_meta_text) for one in found]


def test_names_and_arguments_are_completed() -> None:
    """Case does not matter; an argument is completed by its command; other text has no candidates."""
    both = [("/resume", "go on"), ("/retry", "ask again")]
    assert candidates("/") == candidates("/re") == candidates("/RE") == both
    assert candidates("/ret") == [("/retry", "ask again")]
    assert candidates("/Resume S-1") == [("/Resume s-12", "after 'S-1'")]
    assert [line for line, _ in candidates("/resume now s")] == ["/resume now s-12", "/resume now s-34[2J"]
    assert [len(about) for _, about in candidates("/resume ")] == [8, 60]
    assert candidates("/retry x") == candidates("re") == candidates("/nothing x") == candidates("/re\nx") == []
