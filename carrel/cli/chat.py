"""`carrel chat`: talk, in a terminal or through a pipe."""

import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.approval import Approval
from carrel.cli.commands import COMMANDS, run_command
from carrel.cli.interrupts import Patience
from carrel.cli.options import AgentName, Model, SessionName, open_home
from carrel.cli.output import counted, note, print_error
from carrel.cli.printing import print_turn
from carrel.errors import CarrelError, OperatorError, UserError
from carrel.text import clean_text

if TYPE_CHECKING:  # named only
    from carrel.agent.agent import Agent, Session
    from carrel.agent.events import Event
    from carrel.protocols import ChatModel


def chat(
    agent: AgentName = "default",
    session: SessionName = None,
    model: Model = None,
    plain: Annotated[bool, typer.Option("--plain", help="No colours, no line editor: text in, text out.")] = False,
) -> None:
    """Talk with an agent. It remembers; leave with /quit or Ctrl-D."""
    with open_home(model) as desk:
        somebody = desk.agent(agent)
        interactive = _is_interactive(plain)
        if interactive:
            desk.approve = Approval()
        cut_short = somebody.cut_short if interactive else None
        sitting = somebody.session(session or cut_short)
        for problem in desk.problems:
            note(problem)
        failure = converse(sitting, desk.model, desk.config.home, plain, cut_short is not None)
        sitting.close()
        if failure is not None:
            raise typer.Exit(failure.exit_code)


def _go_on(sitting: "Session", patience: Patience) -> CarrelError | None:
    """Go on with a turn that was cut short with the program."""
    note(f"Going on with the last message of session {sitting.id}, which was not answered.")
    return _turn(sitting.resume(), True, patience)


def converse(
    sitting: "Session", model: "ChatModel", home: Path, plain: bool = False, goes_on: bool = False
) -> CarrelError | None:
    """Talk until the end of the input; return the last error where nobody sits at a terminal to see it.

    With `goes_on`, what a stopped program left unanswered is answered first.
    """
    interactive = _is_interactive(plain)
    patience = Patience()
    if interactive:
        _greet(sitting.agent, model)
    failure = _go_on(sitting, patience) if goes_on and sitting.unfinished else None
    for text in _typed(home / "history", patience) if interactive else _piped():
        if text.startswith("/") and not text.startswith("//"):
            going_on = True
            with patience.interruptible(stays=interactive):
                going_on = run_command(text, sitting.agent, sitting)
            if not going_on:
                break
            continue
        said = text.removeprefix("/") if text.startswith("//") else text
        failure = _turn(sitting.stream(said), interactive, patience) or failure
    return None if interactive else failure


def _is_interactive(plain: bool) -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not plain


def _greet(agent: "Agent", model: "ChatModel") -> None:
    counts = agent.counts
    held = f"{counted(counts.recall, 'message')} and {counted(counts.archival, 'passage')} in memory"
    known = held if counts.recall or counts.archival else "nothing in memory yet"
    note(f"Carrel · agent '{agent.name}' · model {model.name} · {known}")
    if not model.is_language_model:
        note("No language model is connected: I keep what you tell me and quote my memory. See docs/models.md.")
    note("/help lists the commands, Ctrl-D leaves.\n")


def _turn(events: "Generator[Event, None, None]", interactive: bool, patience: Patience) -> CarrelError | None:
    """Run one turn and print it as it comes; return the error where it failed."""
    try:
        with patience.interruptible(stays=interactive):
            print_turn(events)
    except (OperatorError, UserError) as error:
        print_error(error, as_json=False)
        return error
    return None


def _piped() -> Iterator[str]:
    """Yield the lines of standard input, each one message."""
    for raw in sys.stdin.buffer:
        if text := clean_text(raw.decode("utf-8", "replace")).strip():
            yield text


def _typed(history: Path, patience: Patience) -> Iterator[str]:
    """Yield what is typed, with history and line editing, until Ctrl-D. Raise KeyboardInterrupt at a second Ctrl-C."""
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
            if patience.pressed():
                raise
            note("(Ctrl-D or /quit leaves, and so does Ctrl-C again)")
            continue
        except EOFError:
            return
        if text:
            yield text
