"""/sessions, /resume, /new, /fork, /rename, /private and /export: go from one conversation to another."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from carrel.cli.slash.command import ChatContext, NextChat, SlashCommand, candidates
from carrel.cli.slash.recap import print_recap
from carrel.cli.terminal.input.reader import Candidate
from carrel.cli.terminal.output import count_noun, format_local
from carrel.errors import NotFound, UsageError

if TYPE_CHECKING:  # for types only
    from carrel.memory.values import SessionInfo

LISTED = 10
"""Sessions that are offered, the latest first."""

PRIVATE_STAYS = "A private session is not stored: it cannot be {}."


def _latest(chat: ChatContext) -> "list[SessionInfo]":
    """Return the latest sessions, the last one first."""
    by_date = sorted(chat.agent.sessions.all(), key=lambda info: info.last, reverse=True)
    return by_date[:LISTED]


def _print_sessions(chat: ChatContext, argument: str) -> None:
    infos = _latest(chat)
    if not infos:
        chat.screen.print("There is no session yet.")
    for number, info in enumerate(infos, 1):
        mark = "*" if info.id == chat.session.id else " "
        size = count_noun(info.messages, "message")
        line = f"{mark}{number:>2}  {info.id}  {format_local(info.last)}  {size}  {info.title}"
        chat.screen.print(line.rstrip(), indent=5)


def _resume(chat: ChatContext, argument: str) -> None:
    infos = _latest(chat)
    reference = argument or _pick(chat, infos)
    if not reference:
        return
    chosen = _by_number(infos, reference) or reference
    if chat.private:
        if chosen != "last" and chat.agent.session(chosen).id == chat.session.id:
            raise UsageError("This is the session that you are in.", "Leave it with /new, or choose another one.")
        chat.end(NextChat(session=chosen))
        return
    chat.session = chat.agent.session(chosen)
    print_recap(chat.screen, chat.session)


def _pick(chat: ChatContext, infos: "Sequence[SessionInfo]") -> str:
    """Show the sessions and return the number that the user chooses; empty where nothing is chosen."""
    _print_sessions(chat, "")
    if not infos:
        return ""
    answer = chat.reader.ask(f"Which one? [1-{len(infos)}] ")
    if answer is None:
        chat.screen.print("Type /resume and a number, an id or a title.")
    return (answer or "").strip()


def _by_number(infos: "Sequence[SessionInfo]", reference: str) -> str | None:
    """Return the id of the session with this number in the list, where the reference is such a number."""
    if not reference.isdecimal() or not 1 <= int(reference) <= len(infos):
        return None
    return infos[int(reference) - 1].id


def _complete_session(chat: ChatContext, typed: str) -> list[Candidate]:
    infos = _latest(chat)
    named = [(info.name, format_local(info.last)) for info in infos if info.name]
    return candidates(typed, *((info.id, info.title) for info in infos), *named)


def _start(chat: ChatContext, argument: str) -> None:
    if chat.private:
        chat.end(NextChat())
        return
    if argument and any(info.name == argument for info in chat.agent.sessions.all()):
        raise UsageError(f"Session '{argument}' exists already.", f"Choose another title, or type /resume {argument}.")
    chat.session = chat.agent.session(name=argument or None)
    chat.screen.print("A new session. What was said before is still in memory.")


def _fork(chat: ChatContext, argument: str) -> None:
    if chat.private:
        raise UsageError(PRIVATE_STAYS.format("forked"), "Start another one with /private.")
    if chat.session.id is None:
        raise NotFound("This session has no message yet.", "Say something first.")
    name = argument or _next_name(chat)
    forked = chat.agent.sessions.fork(chat.session.id, name)
    before = chat.session.id
    chat.session = chat.agent.session(forked)
    chat.screen.print(f"You are in a copy of this session, '{name}'. /resume {before} goes back.", indent=2)


def _next_name(chat: ChatContext) -> str:
    """Return the title of the session with a number behind it that no session has."""
    infos = chat.agent.sessions.all()
    title = next(info.title for info in infos if info.id == chat.session.id) or "session"
    stem = re.sub(r" \(\d+\)$", "", title)
    taken = {info.name for info in infos}
    return next(name for number in range(2, len(infos) + 3) if (name := f"{stem} ({number})") not in taken)


def _rename(chat: ChatContext, argument: str) -> None:
    session = chat.session.id
    if chat.private:
        raise UsageError(PRIVATE_STAYS.format("renamed"), "Its title is lost with it.")
    if session is None:
        raise NotFound("This session has no message yet.", "Say something first.")
    name = argument or chat.session.suggest_title()
    chat.agent.sessions.rename(session, name)
    chat.screen.print(f"This session is called '{name}'.")


def _go_private(chat: ChatContext, argument: str) -> None:
    if chat.private:
        chat.screen.print("This session is private already: nothing of it is stored.")
        return
    chat.end(NextChat(private=True))


def _export(chat: ChatContext, argument: str) -> None:
    """Write what was said as Markdown."""
    session = chat.session.id
    if session is None:
        raise NotFound("This session has no message yet.", "Say something first.")
    try:
        path = Path(argument or f"{session}.md").expanduser()
    except RuntimeError:
        raise UsageError(f"'{argument}' names the home of nobody.", "Give another path.") from None
    agent = chat.agent
    info = next(info for info in agent.sessions.all() if info.id == session)
    lines = [f"# {info.title or session}", ""]
    for message in agent.recall.of_session(session):
        if message.role in ("user", "assistant") and message.text:
            who = "You" if message.role == "user" else agent.name
            lines += [f"**{who}**, {format_local(message.at)}", "", message.text, ""]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines))
    except FileExistsError:
        raise UsageError(f"'{path}' exists already.", "Give another name: /export FILE.") from None
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}.", "Give another path.") from None
    chat.screen.print(f"Wrote {path}.")


COMMANDS = (
    SlashCommand("sessions", "list the latest sessions", _print_sessions),
    SlashCommand("resume", "go on with an earlier session", _resume, "[NUMBER|ID|TITLE]", (), _complete_session),
    SlashCommand("new", "start a new session", _start, "[TITLE]"),
    SlashCommand("fork", "go on in a copy of this session", _fork, "[TITLE]"),
    SlashCommand("rename", "give this session a title, your own or one that is found for it", _rename, "[TITLE]"),
    SlashCommand("private", "start a session of which nothing is stored", _go_private),
    SlashCommand("export", "write this session to a file, as Markdown", _export, "[FILE]"),
)
