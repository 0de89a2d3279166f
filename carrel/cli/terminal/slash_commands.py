"""The slash commands of the chat."""

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING

from carrel.cli.terminal.output import count_noun, format_local, print_line
from carrel.cli.terminal.terminal import Terminal
from carrel.cli.terminal.turn_printer import print_turn
from carrel.errors import CarrelError
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Session

Command = Callable[["Session", Terminal, str], bool]


def run_command(text: str, session: "Session", terminal: Terminal) -> bool:
    """Run a slash command and return whether the chat goes on. An unknown command is never sent to the model."""
    name, _, rest = text[1:].partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        near = difflib.get_close_matches(name, COMMANDS, 1)
        print_line(
            f"'/{terminal_text(name)}' is not a command. " + (f"Did you mean /{near[0]}?" if near else "See /help.")
        )
        return True
    try:
        return command[1](session, terminal, rest.strip())
    except CarrelError as error:
        terminal.screen.print_error(error)
        return True


def _print_help(session: "Session", terminal: Terminal, rest: str) -> bool:
    for name, (about, _) in COMMANDS.items():
        print_line(f"  /{name:<10} {about}")
    print_line("  //text      say something that begins with a slash")
    return True


def _print_memory(session: "Session", terminal: Terminal, rest: str) -> bool:
    for block in session.agent.core.all():
        print_line(f"[{block.label}, {len(block.value)} of {block.limit} characters]")
        print_line(terminal_text(block.value or "(empty)"))
    counts = session.agent.counts
    print_line(
        f"{count_noun(counts.recall, 'message')} in recall, {count_noun(counts.archival, 'passage')} in archival"
    )
    return True


def _search(session: "Session", terminal: Terminal, rest: str) -> bool:
    found = session.agent.memory.search.find(rest, ("recall", "archival"), limit=5)
    for hit in found.hits:
        print_line(
            terminal_text(
                f"  {hit.id}  {format_local(hit.at)}  {hit.speaker or hit.role or hit.tier}: {one_line(hit.text, 100)}"
            )
        )
    print_line(f"{found.total} found." if found.total else "Nothing found.")
    return True


def _explain(session: "Session", terminal: Terminal, rest: str) -> bool:
    log = session.agent.memory.request_log
    turn = log.find(rest).turn if rest else log.last_turn(session.id)
    found = session.agent.memory.retrievals.of_turn(turn)
    for retrieval in found:
        print_line(terminal_text(f'{retrieval.kind}, "{one_line(retrieval.query, 80)}":'))
        for item in retrieval.hits:
            what = "in view" if item.shown else item.reason
            print_line(terminal_text(f"  {item.score:.2f}  {item.ref}  {what}"))
    if not any(retrieval.hits for retrieval in found):
        print_line("Nothing was looked up, or nothing was found.")
    return True


def _list_sessions(session: "Session", terminal: Terminal, rest: str) -> bool:
    for info in session.agent.sessions.all()[-10:]:
        here = "*" if info.id == session.id else " "
        size = count_noun(info.messages, "message")
        print_line(terminal_text(f" {here} {info.id}  {format_local(info.last)}  {size}  {info.name or ''}".rstrip()))
    return True


def _retry(session: "Session", terminal: Terminal, rest: str) -> bool:
    if session.unfinished:
        print_turn(session.resume(), terminal)
    else:
        print_line("Nothing is to be retried: the last turn ended with a reply.")
    return True


def _undo(session: "Session", terminal: Terminal, rest: str) -> bool:
    done = session.agent.memory.undo(rest or None)
    print_line(f"Undone: turn {done.turn}, {count_noun(done.messages, 'message')}.")
    return True


def _quit(session: "Session", terminal: Terminal, rest: str) -> bool:
    return False


COMMANDS: dict[str, tuple[str, Command]] = {
    "help": ("list the commands", _print_help),
    "memory": ("show core memory and counts", _print_memory),
    "search": ("search recall and archival: /search WORDS", _search),
    "why": ("say what was recalled for the last answer, and what was left out", _explain),
    "sessions": ("list the latest sessions", _list_sessions),
    "retry": ("ask again where the last turn failed or was interrupted", _retry),
    "undo": ("take the last turn back, with all that it changed in memory", _undo),
    "quit": ("leave", _quit),
}
