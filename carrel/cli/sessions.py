"""`carrel session`: list, show and export sittings."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.memories import said
from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import iso, json_text, line, local, note, print_json, table
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # named only
    from carrel.memory.values import StoredMessage

app = typer.Typer(help="List, show and export sessions.", no_args_is_help=True)


@app.command("ls")
def ls(agent: AgentName = "default", as_json: AsJson = False) -> None:
    """List the sessions of an agent, oldest first."""
    with open_home() as desk:
        infos = desk.agent(agent, make=False).sessions.all()
    if as_json:
        rows = [
            {
                "id": info.id,
                "name": info.name,
                "origin": info.origin,
                "started": iso(info.started),
                "last": iso(info.last),
                "messages": info.messages,
            }
            for info in infos
        ]
        print_json("session.ls", rows)
        return
    table(
        ("id", "name", "started", "messages"),
        [(info.id, info.name or "", local(info.started), info.messages) for info in infos],
    )


@app.command("show")
def show(
    session: Annotated[str, typer.Argument(metavar="SESSION", help="Its id, its name, or last.")] = "last",
    agent: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Print the messages of a session."""
    with open_home() as desk:
        somebody = desk.agent(agent, make=False)
        found = somebody.sessions.find(session)
        messages = somebody.recall.of_session(found)
    if as_json:
        rows = [
            {
                "id": message.id,
                "role": message.role,
                "speaker": message.speaker,
                "text": message.text,
                "at": iso(message.at),
                "turn": message.turn,
                "source": message.source,
                "calls": [{"name": call.name, "arguments": call.arguments} for call in message.calls],
            }
            for message in messages
        ]
        print_json("session.show", {"id": found, "messages": rows})
        return
    for message in messages:
        who = message.speaker or (message.tool if message.role == "tool" else message.role)
        line(terminal_text(f"{local(message.at)}  {who}: {said(message)}"))


@app.command("export")
def export(
    sessions: Annotated[
        list[str] | None, typer.Argument(metavar="SESSION...", help="Ids, names, or last, which it is by default.")
    ] = None,
    agent: AgentName = "default",
    every: Annotated[bool, typer.Option("--all", help="All sessions of the agent.")] = False,
    scenario: Annotated[bool, typer.Option("--scenario", help="As a scenario, for carrel run.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to this file.")] = None,
) -> None:
    """Print sessions as messages for carrel import, or as a scenario that plays them again."""
    if every and sessions:
        raise UsageError("--all takes no sessions.", "Leave one of them out.")
    with open_home() as desk:
        somebody = desk.agent(agent, make=False)
        infos = somebody.sessions.all()
        chosen = (
            [info.id for info in infos] if every else [somebody.sessions.find(name) for name in sessions or ["last"]]
        )
        if scenario:
            from carrel.scenario.export import export_sessions, to_yaml

            settings = desk.config.settings
            text = to_yaml(export_sessions(somebody, chosen, settings.window, settings.embedder))
        else:
            labels = {info.id: info.label for info in infos}
            said = [message for found in chosen for message in somebody.recall.of_session(found)]
            kept = (item for item in said if item.role != "tool" and item.text)
            text = "".join(f"{json_text(_as_import(item, labels))}\n" for item in kept)
    _write(text, out)


def _as_import(message: "StoredMessage", labels: dict[str, str]) -> dict[str, str]:
    given = {
        "role": message.role,
        "text": message.text,
        "speaker": message.speaker,
        "at": iso(message.at),
        "session": labels[message.session],
        "source": message.source or message.id,
    }
    return {name: value for name, value in given.items() if value}


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"'{out}' cannot be written: {error.strerror}.", "Check the path.") from None
    note(f"Wrote {out}.")
