"""`carrel chat`: talk, in a terminal or through a pipe."""

from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, Gguf, Model, SessionName, open_home_for_turns
from carrel.cli.slash.command import ChatContext, NextChat
from carrel.cli.slash.dispatch import command_help, is_command, message_of, run_command
from carrel.cli.slash.recap import print_recap
from carrel.cli.terminal.approval import Approval
from carrel.cli.terminal.interrupt_guard import InterruptGuard
from carrel.cli.terminal.output import count_noun, print_note
from carrel.cli.terminal.terminal import Terminal, open_terminal
from carrel.cli.terminal.turn_printer import print_turn
from carrel.errors import CarrelError, OperatorError, UsageError, UserError

if TYPE_CHECKING:  # for types only
    from pathlib import Path

    from carrel.agent.agent import Session
    from carrel.agent.events import Event
    from carrel.bootstrap import Carrel

EXAMPLES = ("My sister is called Marie.", "What do you know about me?", "/demo")
"""What somebody may type who has never used it."""

PRIVATE = "This session is private: it knows your memory, and nothing of it is stored."


def chat(
    agent_name: AgentName = "default",
    session_name: SessionName = None,
    model: Model = None,
    gguf: Gguf = None,
    private: Annotated[bool, typer.Option("--private", help="Store nothing of this session.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="No colours, no line editor.")] = False,
) -> None:
    """Talk with an agent. It remembers; leave with /quit or Ctrl-D."""
    if private and session_name:
        raise UsageError("Both --private and --session were given.", "A private session is always a new one.")
    following: NextChat | None = NextChat(private, session_name, model)
    failure: CarrelError | None = None
    while following is not None:
        failed, following = _open_and_talk(agent_name, following, gguf if following.model == model else None, plain)
        failure = failed or failure
    if failure is not None:
        raise typer.Exit(failure.exit_code)


def _open_and_talk(
    agent_name: str, chosen: NextChat, gguf: "Path | None", plain: bool
) -> tuple[CarrelError | None, NextChat | None]:
    """Open the home, or for a private chat a copy of it, and talk; return the last error, and what follows."""
    model = chosen.model
    with open_home_for_turns(model, gguf) as home, home.branch() if chosen.private else nullcontext(home) as carrel:
        agent = carrel.agent(agent_name)
        cut_short = None if chosen.session or chosen.private else agent.interrupted_session
        context = open_chat(carrel, partial(agent.session, chosen.session or cut_short), plain)
        context.private = context.reader.private = chosen.private
        failure = converse(context, resume=cut_short is not None)
        if not chosen.private:
            context.session.close()
        following = context.next_chat
        if following is not None and following.model is None:
            following = NextChat(following.private, following.session, model)
        return failure, following


def open_chat(carrel: "Carrel", open_session: "Callable[[], Session]", plain: bool = False) -> ChatContext:
    """Return a chat at what the standard streams are; the session is opened once tools can ask the user."""
    running: list[ChatContext] = []
    terminal = open_terminal(carrel, command_help(running), plain)
    if terminal.reader.interactive:
        carrel.approve = Approval(terminal.screen, terminal.reader)
    session = open_session()
    for problem in carrel.problems:
        print_note(problem)
    run_turn = partial(print_turn, terminal=terminal)
    chat = ChatContext(carrel=carrel, session=session, terminal=terminal, run_turn=run_turn)
    running.append(chat)
    return chat


def converse(chat: ChatContext, *, resume: bool = False) -> CarrelError | None:
    """Talk until the end of the input, and return the last error unless it was shown to a person.

    With `resume`, the turn that a stopped program left unfinished is continued first.
    """
    with chat.reader.pause():
        return _converse(chat, resume)


def _converse(chat: ChatContext, resume: bool) -> CarrelError | None:
    terminal, interactive = chat.terminal, chat.reader.interactive
    guard = InterruptGuard(chat.screen)
    if interactive:
        _greet(chat)
    failure = _resume(chat.session, guard, terminal) if resume and chat.session.unfinished else None
    for text in _read_messages(chat, guard):
        if is_command(text):
            with guard.interruptible(stays=interactive):
                run_command(chat, text)
            if chat.ended:
                break
        else:
            failure = _run_turn(chat.session.stream(message_of(text)), guard, terminal) or failure
        if interactive:
            chat.screen.print()
    return None if interactive else failure


def _resume(session: "Session", guard: InterruptGuard, terminal: Terminal) -> CarrelError | None:
    """Continue the turn that was left unfinished when the program stopped."""
    terminal.screen.print(f"Going on with the last message of session {session.id}, which was not answered.")
    return _run_turn(session.resume(), guard, terminal)


def _greet(chat: ChatContext) -> None:
    agent, model, screen = chat.agent, chat.carrel.model, chat.screen
    counts = agent.counts
    contents = f"{count_noun(counts.recall, 'message')} and {count_noun(counts.archival, 'passage')} in memory"
    memory = contents if counts.recall or counts.archival else "nothing in memory yet"
    screen.print(f"Carrel · agent '{agent.name}' · model {model.name} · {memory}")
    if not model.is_language_model:
        screen.print("No language model is connected: I keep what you tell me and quote it. Run: carrel help models")
    if chat.private:
        screen.print(PRIVATE)
    if not counts.recall and not counts.archival:
        screen.print("Type for example:")
        for line in EXAMPLES:
            screen.print(f"  {line}")
    screen.print("/help lists the commands, Ctrl-D leaves.\n")
    print_recap(screen, chat.session)


def _run_turn(events: "Generator[Event, None, None]", guard: InterruptGuard, terminal: Terminal) -> CarrelError | None:
    """Run one turn and print it as it happens; return its error if it failed."""
    try:
        with guard.interruptible(stays=terminal.reader.interactive):
            print_turn(events, terminal)
    except (OperatorError, UserError) as error:
        terminal.screen.print_error(error)
        return error
    return None


def _read_messages(chat: ChatContext, guard: InterruptGuard) -> Iterator[str]:
    """Yield what the user says, until the end of the input. Raise KeyboardInterrupt at a second Ctrl-C."""
    while True:
        try:
            draft, chat.draft = chat.draft, ""
            text = chat.reader.read(draft)
        except KeyboardInterrupt:
            if guard.pressed() or not chat.reader.interactive:
                raise
            chat.screen.print("(Ctrl-D or /quit leaves, and so does Ctrl-C again)", "dim")
            continue
        if text is None:
            return
        yield text
