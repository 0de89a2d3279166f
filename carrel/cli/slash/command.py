"""What a slash command is, and the chat that it acts on."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carrel.cli.terminal.input.reader import Candidate, MessageReader
from carrel.cli.terminal.screen.screen import Screen
from carrel.cli.terminal.terminal import Terminal

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent, Session
    from carrel.agent.events import Event
    from carrel.bootstrap import Carrel


@dataclass(frozen=True, slots=True)
class NextChat:
    """The chat that follows this one: an ordinary or a private one, in a new or in an earlier session."""

    private: bool = False
    session: str | None = None
    model: str | None = None
    """Another model, as `--model` names it; None keeps this one."""


@dataclass(slots=True, kw_only=True)
class ChatContext:
    """A running chat, as a slash command sees and changes it."""

    carrel: "Carrel"
    session: "Session"
    terminal: Terminal
    run_turn: "Callable[[Generator[Event, None, None]], None]"
    """Runs a turn and prints it as it happens."""
    private: bool = False
    """Whether nothing of the session is stored."""
    draft: str = ""
    """The text with which the line editor begins the next message."""
    ended: bool = False
    next_chat: NextChat | None = None
    """What follows once this chat has ended; None leaves the program."""

    @property
    def screen(self) -> Screen:
        """What the command prints through."""
        return self.terminal.screen

    @property
    def reader(self) -> MessageReader:
        """Where the user can be asked."""
        return self.terminal.reader

    @property
    def agent(self) -> "Agent":
        """The agent that the user talks with."""
        return self.session.agent

    def confirm(self, question: str) -> bool:
        """Return whether the user answers a question with yes; where nobody can be asked, the answer is no."""
        answer = (self.reader.ask(f"{question} [y/N] ") or "").strip().lower()
        return answer in {"y", "yes"}

    def end(self, following: NextChat | None = None) -> None:
        """End this chat after the command, and go on with another one where it is given."""
        self.ended = True
        self.next_chat = following


def no_candidates(chat: ChatContext, typed: str) -> Iterable[Candidate]:
    """Return no candidate: the command takes no argument, or free text."""
    return ()


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A slash command: `run` is given the chat and what was typed after the name."""

    name: str
    about: str
    run: Callable[[ChatContext, str], None]
    arguments: str = ""
    """The syntax of what may follow the name."""
    aliases: tuple[str, ...] = ()
    complete: Callable[[ChatContext, str], Iterable[Candidate]] = no_candidates
    """Returns the candidates for what was typed after the name."""

    @property
    def usage(self) -> str:
        """The command as it is typed."""
        return f"/{self.name} {self.arguments}".rstrip()


def candidates(typed: str, *options: tuple[str, str]) -> list[Candidate]:
    """Return the options, each with what it means, that begin with what was typed."""
    return [Candidate(text, about) for text, about in options if text.lower().startswith(typed.strip().lower())]
