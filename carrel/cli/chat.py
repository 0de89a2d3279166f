"""`carrel chat`: talk, in a terminal or through a pipe."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, Gguf, Model, SessionName, open_home_for_turns
from carrel.cli.terminal.approval import Approval
from carrel.cli.terminal.input.reader import CommandHelp
from carrel.cli.terminal.interrupt_guard import InterruptGuard
from carrel.cli.terminal.output import count_noun, print_note
from carrel.cli.terminal.slash_commands import COMMANDS, run_command
from carrel.cli.terminal.terminal import Terminal, open_terminal
from carrel.cli.terminal.turn_printer import print_turn
from carrel.errors import CarrelError, OperatorError, UserError

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent, Session
    from carrel.agent.events import Event
    from carrel.cli.terminal.screen.screen import Screen
    from carrel.protocols import ChatModel

COMMAND_HELP = [CommandHelp(name, about) for name, (about, _) in COMMANDS.items()]


def chat(
    agent_name: AgentName = "default",
    session_name: SessionName = None,
    model: Model = None,
    gguf: Gguf = None,
    plain: Annotated[bool, typer.Option("--plain", help="No colours, no line editor.")] = False,
) -> None:
    """Talk with an agent. It remembers; leave with /quit or Ctrl-D."""
    with open_home_for_turns(model, gguf) as carrel:
        terminal = open_terminal(carrel, COMMAND_HELP, plain)
        interactive = terminal.reader.interactive
        agent = carrel.agent(agent_name)
        if interactive:
            carrel.approve = Approval(terminal.screen, terminal.reader)
        cut_short = agent.interrupted_session if interactive else None
        session = agent.session(session_name or cut_short)
        for problem in carrel.problems:
            print_note(problem)
        failure = converse(session, carrel.model, terminal, resume=cut_short is not None)
        session.close()
        if failure is not None:
            raise typer.Exit(failure.exit_code)


def converse(session: "Session", model: "ChatModel", terminal: Terminal, *, resume: bool = False) -> CarrelError | None:
    """Talk until the end of the input, and return the last error unless it was shown to a person.

    With `resume`, the turn that a stopped program left unfinished is continued first.
    """
    interactive = terminal.reader.interactive
    guard = InterruptGuard(terminal.screen)
    if interactive:
        _greet(session.agent, model, terminal.screen)
    failure = _resume(session, guard, terminal) if resume and session.unfinished else None
    for text in _read_messages(terminal, guard):
        if text.startswith("/") and not text.startswith("//"):
            stay = True
            with guard.interruptible(stays=interactive), terminal.reader.pause():
                stay = run_command(text, session, terminal)
            if not stay:
                break
            continue
        message = text.removeprefix("/") if text.startswith("//") else text
        failure = _run_turn(session.stream(message), guard, terminal) or failure
    return None if interactive else failure


def _resume(session: "Session", guard: InterruptGuard, terminal: Terminal) -> CarrelError | None:
    """Continue the turn that was left unfinished when the program stopped."""
    terminal.screen.print(f"Going on with the last message of session {session.id}, which was not answered.")
    return _run_turn(session.resume(), guard, terminal)


def _greet(agent: "Agent", model: "ChatModel", screen: "Screen") -> None:
    counts = agent.counts
    contents = f"{count_noun(counts.recall, 'message')} and {count_noun(counts.archival, 'passage')} in memory"
    memory = contents if counts.recall or counts.archival else "nothing in memory yet"
    screen.print(f"Carrel · agent '{agent.name}' · model {model.name} · {memory}")
    if not model.is_language_model:
        screen.print("No language model is connected: I keep what you tell me and quote my memory. See docs/models.md.")
    screen.print("/help lists the commands, Ctrl-D leaves.\n")


def _run_turn(events: "Generator[Event, None, None]", guard: InterruptGuard, terminal: Terminal) -> CarrelError | None:
    """Run one turn and print it as it happens; return its error if it failed."""
    try:
        with guard.interruptible(stays=terminal.reader.interactive), terminal.reader.pause():
            print_turn(events, terminal)
    except (OperatorError, UserError) as error:
        terminal.screen.print_error(error)
        return error
    return None


def _read_messages(terminal: Terminal, guard: InterruptGuard) -> Iterator[str]:
    """Yield what the user says, until the end of the input. Raise KeyboardInterrupt at a second Ctrl-C."""
    while True:
        try:
            text = terminal.reader.read()
        except KeyboardInterrupt:
            if guard.pressed() or not terminal.reader.interactive:
                raise
            terminal.screen.print("(Ctrl-D or /quit leaves, and so does Ctrl-C again)", "dim")
            continue
        if text is None:
            return
        yield text
