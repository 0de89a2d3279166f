"""`carrel chat`: talk, in a terminal or through a pipe."""

import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, Model, SessionName, open_home
from carrel.cli.terminal.approval import Approval
from carrel.cli.terminal.interrupt_guard import InterruptGuard
from carrel.cli.terminal.output import count_noun, print_error, print_note
from carrel.cli.terminal.slash_commands import COMMANDS, run_command
from carrel.cli.terminal.turn_printer import print_turn
from carrel.errors import CarrelError, OperatorError, UserError
from carrel.text import clean_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent, Session
    from carrel.agent.events import Event
    from carrel.protocols import ChatModel


def chat(
    agent_name: AgentName = "default",
    session_name: SessionName = None,
    model: Model = None,
    plain: Annotated[bool, typer.Option("--plain", help="No colours, no line editor: text in, text out.")] = False,
) -> None:
    """Talk with an agent. It remembers; leave with /quit or Ctrl-D."""
    with open_home(model) as carrel:
        agent = carrel.agent(agent_name)
        interactive = _is_interactive(plain)
        if interactive:
            carrel.approve = Approval()
        cut_short = agent.interrupted_session if interactive else None
        session = agent.session(session_name or cut_short)
        for problem in carrel.problems:
            print_note(problem)
        failure = converse(session, carrel.model, carrel.config.home, plain=plain, resume=cut_short is not None)
        session.close()
        if failure is not None:
            raise typer.Exit(failure.exit_code)


def converse(
    session: "Session", model: "ChatModel", home: Path, *, plain: bool = False, resume: bool = False
) -> CarrelError | None:
    """Talk until the end of the input, and return the last error unless it was shown at a terminal.

    With `resume`, the turn that a stopped program left unfinished is continued first.
    """
    interactive = _is_interactive(plain)
    guard = InterruptGuard()
    if interactive:
        _greet(session.agent, model)
    failure = _resume(session, guard) if resume and session.unfinished else None
    for text in _read_typed(home / "history", guard) if interactive else _read_piped():
        if text.startswith("/") and not text.startswith("//"):
            stay = True
            with guard.interruptible(stays=interactive):
                stay = run_command(text, session.agent, session)
            if not stay:
                break
            continue
        message = text.removeprefix("/") if text.startswith("//") else text
        failure = _run_turn(session.stream(message), guard, interactive) or failure
    return None if interactive else failure


def _resume(session: "Session", guard: InterruptGuard) -> CarrelError | None:
    """Continue the turn that was left unfinished when the program stopped."""
    print_note(f"Going on with the last message of session {session.id}, which was not answered.")
    return _run_turn(session.resume(), guard, interactive=True)


def _is_interactive(plain: bool) -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not plain


def _greet(agent: "Agent", model: "ChatModel") -> None:
    counts = agent.counts
    contents = f"{count_noun(counts.recall, 'message')} and {count_noun(counts.archival, 'passage')} in memory"
    memory = contents if counts.recall or counts.archival else "nothing in memory yet"
    print_note(f"Carrel · agent '{agent.name}' · model {model.name} · {memory}")
    if not model.is_language_model:
        print_note("No language model is connected: I keep what you tell me and quote my memory. See docs/models.md.")
    print_note("/help lists the commands, Ctrl-D leaves.\n")


def _run_turn(events: "Generator[Event, None, None]", guard: InterruptGuard, interactive: bool) -> CarrelError | None:
    """Run one turn and print it as it happens; return its error if it failed."""
    try:
        with guard.interruptible(stays=interactive):
            print_turn(events)
    except (OperatorError, UserError) as error:
        print_error(error, as_json=False)
        return error
    return None


def _read_piped() -> Iterator[str]:
    """Yield the lines of standard input; each is one message."""
    for raw in sys.stdin.buffer:
        if text := clean_text(raw.decode("utf-8", "replace")).strip():
            yield text


def _read_typed(history: Path, guard: InterruptGuard) -> Iterator[str]:
    """Yield the lines that are typed, until Ctrl-D. Raise KeyboardInterrupt at a second Ctrl-C."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory

    history.touch(mode=0o600)
    names = WordCompleter([f"/{name}" for name in COMMANDS], sentence=True)
    editor: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)), completer=names, complete_while_typing=False
    )
    while True:
        try:
            text = clean_text(editor.prompt("> ")).strip()
        except KeyboardInterrupt:
            if guard.pressed():
                raise
            print_note("(Ctrl-D or /quit leaves, and so does Ctrl-C again)")
            continue
        except EOFError:
            return
        if text:
            yield text
