"""`carrel session`: list, show and export sessions."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import (
    format_iso,
    format_local,
    format_message,
    print_json,
    print_line,
    print_note,
    print_table,
    to_json_text,
    was_said,
)
from carrel.cli.terminal.pictures import growth, timeline
from carrel.dates import to_zone
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.values import SessionInfo, StoredMessage

app = typer.Typer(help="List, show and export sessions.", no_args_is_help=True)


@app.command("ls")
def list_sessions(
    agent_name: AgentName = "default",
    as_timeline: Annotated[bool, typer.Option("--timeline", help="Draw how much was said when.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the sessions of an agent, oldest first."""
    with open_home_without_indexer() as carrel:
        infos = carrel.agent(agent_name, make=False).sessions.all()
    if as_json:
        rows = [
            {
                "id": info.id,
                "name": info.name,
                "origin": info.origin,
                "started": format_iso(info.started),
                "last": format_iso(info.last),
                "messages": info.messages,
            }
            for info in infos
        ]
        print_json("session.ls", rows)
        return
    if as_timeline:
        _print_timeline(infos)
        return
    print_table(
        ("id", "title", "started", "messages"),
        [(info.id, info.title, format_local(info.started), info.messages) for info in infos],
    )


@app.command("show")
def show_session(
    session_name: Annotated[str, typer.Argument(metavar="SESSION", help="Its id, its name, or last.")] = "last",
    agent_name: AgentName = "default",
    raw: Annotated[bool, typer.Option("--raw", help="Also the calls of tools and their results.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what was said in a session."""
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        session_id = agent.sessions.find(session_name)
        messages = agent.recall.of_session(session_id)
    if as_json:
        rows = [
            {
                "id": message.id,
                "role": message.role,
                "speaker": message.speaker,
                "text": message.text,
                "at": format_iso(message.at),
                "turn": message.turn,
                "source": message.source,
                "calls": [{"name": call.name, "arguments": call.arguments} for call in message.calls],
            }
            for message in messages
        ]
        print_json("session.show", {"id": session_id, "messages": rows})
        return
    for message in messages:
        if not raw and not was_said(message):
            continue
        who = message.speaker or (message.tool if message.role == "tool" else message.role)
        print_line(terminal_text(f"{format_local(message.at)}  {who}: {format_message(message)}"))


@app.command("rename")
def rename_session(
    session_name: Annotated[str, typer.Argument(metavar="SESSION", help="Its id, its name, or last.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")],
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Give a session a name."""
    with open_home_without_indexer() as carrel:
        sessions = carrel.agent(agent_name, make=False).sessions
        session_id = sessions.find(session_name)
        sessions.rename(session_id, name)
    if as_json:
        print_json("session.rename", {"id": session_id, "name": name})
    else:
        print_line(terminal_text(f"Renamed session {session_id} to '{name}'."))


@app.command("rm")
def remove_session(
    session_name: Annotated[str, typer.Argument(metavar="SESSION", help="Its id, its name, or last.")],
    agent_name: AgentName = "default",
    keep_memories: Annotated[bool, typer.Option("--keep-memories", help="Keep the facts that it left.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a session for good, and what was remembered from it."""
    from carrel.memory.values import Cause

    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        session_id = agent.sessions.find(session_name)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"Removing session '{session_id}' needs a yes.", "Add --yes.")
            kept = "" if keep_memories else ", and what was remembered from it"
            typer.confirm(f"Erase session {session_id}{kept}?", abort=True)
        report = agent.memory.forgetting.erase_session(session_id, Cause("user"), keep_memories=keep_memories)
    if as_json:
        print_json("session.rm", {"id": session_id, **report.to_json()})
        return
    print_line(f"Removed session {session_id}.")
    for left in report.left:
        print_line(terminal_text(f"! {left.where}: {left.why}"))


@app.command("export")
def export_sessions(
    sessions: Annotated[
        list[str] | None, typer.Argument(metavar="SESSION...", help="Ids, names, or last (the default).")
    ] = None,
    agent_name: AgentName = "default",
    all_sessions: Annotated[bool, typer.Option("--all", help="All sessions of the agent.")] = False,
    scenario: Annotated[bool, typer.Option("--scenario", help="As a scenario, for carrel run.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print sessions as messages for carrel import, or as a scenario that replays them."""
    if all_sessions and sessions:
        raise UsageError("--all takes no sessions.", "Leave one of them out.")
    if scenario and as_json:
        raise UsageError("A scenario is YAML.", "Leave out --json.")
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        infos = agent.sessions.all()
        chosen = (
            [info.id for info in infos]
            if all_sessions
            else [agent.sessions.find(name) for name in sessions or ["last"]]
        )
        if scenario:
            from carrel.scenario import export

            settings = carrel.config.settings
            text = export.to_yaml(export.export_sessions(agent, chosen, settings.window, settings.embedder))
        else:
            labels = {info.id: info.label for info in infos}
            messages = (message for session_id in chosen for message in agent.recall.of_session(session_id))
            rows = [_to_import(message, labels) for message in messages if message.role != "tool" and message.text]
            text = "".join(f"{line}\n" for line in map(to_json_text, _envelope(rows) if as_json else rows))
    _write(text, out)


def _envelope(rows: list[dict[str, str]]) -> list[dict[str, object]]:
    return [{"schema": "carrel/session.export@1", "data": {"messages": rows}}]


def _to_import(message: "StoredMessage", labels: dict[str, str]) -> dict[str, str]:
    """Return a message in the form that `carrel import` reads."""
    fields = {
        "role": message.role,
        "text": message.text,
        "speaker": message.speaker,
        "at": format_iso(message.at),
        "session": labels[message.session],
        "source": message.source or message.id,
    }
    return {name: value for name, value in fields.items() if value}


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"'{out}' cannot be written: {error.strerror}.", "Check the path.") from None
    print_note(f"Wrote {out}.")


def _print_timeline(infos: "Sequence[SessionInfo]") -> None:
    """Print a bar for each day or month in which sessions began, and how recall grew."""
    messages: dict[date, int] = {}
    for info in infos:
        day = to_zone(info.started, None).date()
        messages[day] = messages.get(day, 0) + info.messages
    for line in timeline(messages):
        print_line(line)
    total = sum(messages.values())
    grew = growth([messages[day] for day in sorted(messages)])
    if grew:
        print_line(f"growth {grew} {total}")
