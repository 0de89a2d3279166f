"""The table of all slash commands, and how a name that somebody typed is found in it."""

from collections.abc import Iterator

from carrel.cli.slash import context, demo, display, memory, sessions, setup, turns, why
from carrel.cli.slash.command import ChatContext, SlashCommand, candidates
from carrel.cli.terminal.input.reader import Candidate
from carrel.errors import NotFound

NEAR = 2
"""Edits by which a mistyped name may differ from the command that is suggested."""


def find(name: str) -> SlashCommand | None:
    """Return the command of a name or an alias, in upper or lower case; None where there is none."""
    wanted = name.lower()
    return next((command for command in COMMANDS if wanted in (command.name, *command.aliases)), None)


def nearest(name: str) -> SlashCommand | None:
    """Return the command that a mistyped name means: one that begins with it, or differs by the fewest edits."""
    wanted = name.lower()
    names = [(known, command) for command in COMMANDS for known in (command.name, *command.aliases)]
    begun = [command for known, command in names if wanted and known.startswith(wanted)]
    if begun:
        return begun[0]
    edits = min(edit_distance(wanted, known) for known, _ in names)
    if edits > min(NEAR, len(wanted) - 1):
        return None
    return next(command for known, command in names if edit_distance(wanted, known) == edits)


def edit_distance(first: str, second: str) -> int:
    """Return how many characters must be added, removed, replaced or exchanged with their neighbour.

    Source: the optimal string alignment distance (Damerau 1964, Levenshtein 1966).
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(second, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]


def _print_help(chat: ChatContext, argument: str) -> None:
    if argument:
        name = argument.removeprefix("/")
        command = find(name)
        if command is None:
            raise NotFound(f"'/{name}' is not a command.", "See /help.")
        chat.screen.print(f"{command.usage}: {command.about}.", indent=2)
        if command.aliases:
            chat.screen.print(f"Also: {', '.join(f'/{alias}' for alias in command.aliases)}")
        return
    rows = [(command.usage, command.about) for command in COMMANDS]
    print_pairs(chat, [*rows, ("//TEXT", "say something that begins with a slash")])


def print_pairs(chat: ChatContext, rows: list[tuple[str, str]]) -> None:
    """Print what is on the left and what it means beside each other, or below each other on a narrow screen."""
    left = max(len(first) for first, _ in rows) + 2
    narrow = chat.screen.columns < left + MIN_TEXT
    for first, text in rows:
        if narrow:
            chat.screen.print(first)
            chat.screen.print(f"  {text}", indent=2)
        else:
            chat.screen.print(f"  {first:<{left}}{text}", indent=left + 2)


MIN_TEXT = 24
"""Columns that a description needs beside a name to be read with ease."""


def _complete_help(chat: ChatContext, typed: str) -> list[Candidate]:
    return candidates(typed, *((command.name, command.about) for command in COMMANDS))


def _quit(chat: ChatContext, argument: str) -> None:
    chat.end()


def _all() -> Iterator[SlashCommand]:
    yield SlashCommand("help", "list the commands, or explain one", _print_help, "[COMMAND]", ("?",), _complete_help)
    for module in (turns, why, memory, sessions, context, setup, display, demo):
        yield from module.COMMANDS
    yield SlashCommand("quit", "leave", _quit, aliases=("exit", "q"))


COMMANDS: tuple[SlashCommand, ...] = tuple(_all())
