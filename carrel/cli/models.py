"""`carrel models`: the chat models that can be used, and the embedding model's files on this machine."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer

from carrel.cli.options import AsJson
from carrel.cli.terminal.output import print_json, print_line, print_table
from carrel.errors import NotConfigured

if TYPE_CHECKING:  # for types only
    from carrel.config import Config

app = typer.Typer(help="The chat models that can be used, and the embedding model's files.", no_args_is_help=True)

CONFIGURED = "configured"


@app.command("ls")
def list_models(as_json: AsJson = False) -> None:
    """List the configured chat model, those of servers on this machine, and the files of the embedding model."""
    from carrel import config

    loaded = config.load()
    chat = chat_models(loaded)
    folder = loaded.home / "models"
    files = sorted(path for path in folder.glob("*") if path.is_file())
    if as_json:
        embedders = [{"name": path.name, "bytes": path.stat().st_size} for path in files]
        print_json("models.ls", {"chat": chat, "embedders": embedders})
        return
    if chat:
        rows = [
            (row["name"], row["url"], row["contract"] or "?", row["window"] or "?", row["evidence"] or row["found"])
            for row in chat
        ]
        print_table(("chat model", "server", "contract", "window", "found out by"), rows)
    if files:
        rows_of_files = [(path.name, f"{path.stat().st_size / 1e6:.1f}") for path in files]
        print_table(("embedding model", "megabytes"), rows_of_files)


@app.command("optimize")
def optimize_model(as_json: AsJson = False) -> None:
    """Write the local model in the form that starts fast on a CPU; otherwise this happens at first use."""
    from carrel import config
    from carrel.bootstrap import export_local_model

    loaded = config.load()
    config.make_home(loaded.home)
    path, written = export_local_model(loaded.home / "models")
    if as_json:
        print_json("models.optimize", {"path": str(path), "made": written})
    else:
        print_line(f"{'Wrote' if written else 'Already there:'} {path}")


def chat_models(loaded: "Config") -> list[dict[str, Any]]:
    """Return the chat models, the configured one first: each with what is known of it and where it was found."""
    from carrel.bootstrap import create_server_model
    from carrel.config import shown
    from carrel.models.chat.server.capability_file import CapabilityFile
    from carrel.models.discovery.local_servers import find_local_models

    settings = loaded.settings
    known = CapabilityFile(loaded.home / "capabilities.json")
    places: dict[tuple[str, str], str] = {}
    with suppress(NotConfigured):  # a model without a server is none that can be used
        if model := create_server_model(settings):
            places[model.name, model.base_url] = CONFIGURED
    for local in find_local_models():
        places.setdefault((local.name, local.url), f"{local.server} on this machine")
    rows: list[dict[str, Any]] = []
    for (name, url), found in places.items():
        can = known.load(url, name)
        fixed = settings.contract if found == CONFIGURED and settings.contract != "auto" else None
        rows.append(
            {
                "name": name,
                "url": shown("base_url", url),
                "contract": fixed or can.contract,
                "window": can.window,
                "evidence": "set" if fixed else can.contract_evidence,
                "found": found,
            }
        )
    return rows
