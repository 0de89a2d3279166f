"""`carrel session`: list and show sittings."""

from typing import Annotated

import typer

from carrel.cli.memories import said
from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import iso, line, local, print_json, table
from carrel.text import terminal_text

app = typer.Typer(help="List and show sessions.", no_args_is_help=True)


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
