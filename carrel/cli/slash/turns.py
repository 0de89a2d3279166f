"""/undo, /redo, /retry and /edit: take the last turn back, bring it again, or say it anew."""

from typing import TYPE_CHECKING

from carrel.cli.slash.command import ChatContext, SlashCommand
from carrel.cli.terminal.output import count_noun
from carrel.errors import NotFound, UsageError
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.memory.journal.undo import ReversedTurn

QUOTED = 60
"""Characters of a message that are repeated."""


def _undo(chat: ChatContext, argument: str) -> None:
    text, done = _take_back(chat)
    chat.screen.print(f"Took back {_describe(text, done)}. /redo brings it back.", indent=2)


def _redo(chat: ChatContext, argument: str) -> None:
    done = chat.agent.memory.redo()
    said = chat.agent.recall.of_turn(done.turn)[0]
    if chat.session.id is None:
        chat.session = chat.agent.session(said.session)
    chat.screen.print(f"Brought back {_describe(said.text, done)}.", indent=2)


def _retry(chat: ChatContext, argument: str) -> None:
    """Go on with a turn that was not answered; otherwise take the last one back and send its message again."""
    if chat.session.unfinished:
        chat.run_turn(chat.session.resume())
        return
    text, _ = _take_back(chat)
    chat.run_turn(chat.session.stream(text))


def _edit(chat: ChatContext, argument: str) -> None:
    """Take the last turn back, and send its message as it was changed: here, or in the line editor."""
    if not argument and not chat.reader.interactive:
        raise UsageError("The new message is missing.", "Type it behind /edit.")
    text, _ = _take_back(chat)
    if argument:
        chat.run_turn(chat.session.stream(argument))
        return
    chat.draft = text
    chat.screen.print("Change your message and send it; /redo leaves all as it was.", "dim")


def _take_back(chat: ChatContext) -> "tuple[str, ReversedTurn]":
    """Undo the last turn of the session; return what the user had said, and what was undone.

    Raises:
        NotFound: the session has no turn.
        Busy, Conflict: as `Memory.undo`.
    """
    agent, session = chat.agent, chat.session.id
    last = agent.memory.turns.last(session) if session else None
    if last is None:
        raise NotFound("This session has no turn that could be taken back.", "Say something first.")
    text = agent.recall.of_turn(last.id)[0].text
    done = agent.memory.undo(last.id)
    if all(info.id != session for info in agent.sessions.all()):  # it began with this turn
        chat.session = agent.session()
    return text, done


def _describe(text: str, turn: "ReversedTurn") -> str:
    changes = f", and {count_noun(len(turn.changes), 'change')} of memory" if turn.changes else ""
    return f'"{one_line(text, QUOTED)}" with its answer{changes}'


COMMANDS = (
    SlashCommand("undo", "take back the last turn, with all that it changed in memory", _undo),
    SlashCommand("redo", "bring back the turn that was taken back last", _redo),
    SlashCommand("retry", "ask again: go on with an unanswered message, or send the last one anew", _retry),
    SlashCommand("edit", "change your last message and send it again", _edit, "[NEW TEXT]"),
)
