"""`carrel chat`: talk, in a terminal or through a pipe."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.commands import COMMANDS, run_command
from carrel.cli.notices import WARNING, notice
from carrel.cli.options import AgentName, Model, SessionName, open_home
from carrel.cli.output import counted, line, note, print_error
from carrel.errors import CarrelError, OperatorError, UserError
from carrel.text import clean_text, terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.agent import Agent, Session


def chat(
    agent: AgentName = "default",
    session: SessionName = None,
    model: Model = None,
    plain: Annotated[bool, typer.Option("--plain", help="No colours, no line editor: text in, text out.")] = False,
) -> None:
    """Talk with an agent. It remembers; leave with /quit or Ctrl-D."""
    with open_home(model) as desk:
        somebody = desk.agent(agent)
        sitting = somebody.session(session)
        failure = converse(somebody, sitting, desk.model.name, desk.config.home, plain)
        sitting.close()
        if failure is not None:
            raise typer.Exit(failure.exit_code)


def converse(somebody: "Agent", sitting: "Session", model: str, home: Path, plain: bool = False) -> CarrelError | None:
    """Talk until the end of the input; return the last error where nobody sits at a terminal to see it."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not plain
    if interactive:
        _greet(somebody, model)
    failure = None
    for text in _typed(home / "history") if interactive else _piped():
        if text.startswith("/") and not text.startswith("//"):
            if not run_command(text, somebody, sitting):
                break
            continue
        said = text.removeprefix("/") if text.startswith("//") else text
        failure = _turn(sitting, said, interactive) or failure
    return None if interactive else failure


def _greet(agent: "Agent", model: str) -> None:
    counts = agent.counts
    held = f"{counted(counts.recall, 'message')} and {counted(counts.archival, 'passage')} in memory"
    known = held if counts.recall or counts.archival else "nothing in memory yet"
    note(f"Carrel · agent '{agent.name}' · model {model} · {known}")
    if model == "offline":
        note("No language model is connected: I keep what you tell me and quote my memory. See docs/models.md.")
    note("/help lists the commands, Ctrl-D leaves.\n")


def _turn(sitting: "Session", text: str, interactive: bool) -> CarrelError | None:
    """Run one turn and print it as it comes; return the error where it failed."""
    if not text.strip():
        return None
    try:
        _print_turn(sitting, text)
    except (OperatorError, UserError) as error:
        print_error(error, as_json=False)
        return error
    except KeyboardInterrupt:
        note("\n(interrupted; what was said so far is kept)")
        if not interactive:
            raise
    return None


def _print_turn(sitting: "Session", text: str) -> None:
    from carrel.agent.events import Answer, TextDelta, ToolCalled

    streamed = False
    said: list[str | None] = []
    for event in sitting.stream(text):
        match event:
            case TextDelta(text=piece):
                streamed = True
                sys.stdout.write(terminal_text(piece))
                sys.stdout.flush()
            case ToolCalled() if streamed:
                streamed = False
                line()
            case Answer(text=whole):
                line("" if streamed else terminal_text(whole))
            case _:
                said.append(notice(event))
    for told in filter(None, said):
        if sys.stdout.isatty() or told.startswith(WARNING):
            note(told)


def _piped() -> Iterator[str]:
    """Yield the lines of standard input, each one message."""
    for raw in sys.stdin.buffer:
        yield clean_text(raw.decode("utf-8", "replace")).strip()


def _typed(history: Path) -> Iterator[str]:
    """Yield what is typed, with history and line editing, until Ctrl-D."""
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
            yield clean_text(editor.prompt("> ")).strip()
        except KeyboardInterrupt:
            note("(Ctrl-D or /quit leaves)")
        except EOFError:
            return
