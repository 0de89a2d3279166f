"""`carrel doctor`: what works, what does not, and what to do."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AsJson, open_home
from carrel.cli.output import counted, line, print_json
from carrel.errors import BadConfig, CarrelError
from carrel.text import terminal_text

if TYPE_CHECKING:  # named only
    from carrel.config import Config
    from carrel.models.chat.capabilities import Capabilities

SIGNS = {"ok": "✓", "warn": "!", "fail": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: str
    said: str


def doctor(
    live: Annotated[bool, typer.Option("--live", help="Ask the model server, too: what it can do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what works, what does not, and what to do."""
    findings = list(_findings())
    capabilities: dict[str, object] = {}
    if live and all(finding.state != "fail" for finding in findings):
        probed, capabilities = _live()
        findings += probed
    if as_json:
        rows = [{"subject": f.subject, "state": f.state, "said": f.said} for f in findings]
        ok = all(f.state != "fail" for f in findings)
        print_json("doctor", {"ok": ok, "findings": rows, **({"capabilities": capabilities} if live else {})})
    else:
        for finding in findings:
            line(terminal_text(f"{SIGNS[finding.state]} {finding.subject}: {finding.said}"))
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)


def _findings() -> Iterator[Finding]:
    from carrel import config

    yield Finding("python", "ok", sys.version.split()[0])
    try:
        found = config.load()
        config.make_home(found.home)
    except CarrelError as error:
        yield Finding("settings" if isinstance(error, BadConfig) else "home", "fail", str(error))
        return
    yield Finding("home", "ok", str(found.home))
    yield _permissions(found.home)
    yield _journal()
    for subject, check in _CHECKS:
        yield _checked(subject, check, found)


def _live() -> tuple[list[Finding], dict[str, object]]:
    """Probe the model server, and the MCP servers on the way."""
    from carrel.bootstrap import create_server_model
    from carrel.models.discovery.probing import probe

    with open_home() as desk:
        count = len(desk.start_tools().schemas)
        found = [
            Finding("tools", "ok", f"{count} are offered"),
            *(Finding("mcp", "warn", said) for said in desk.problems),
        ]
        model = create_server_model(desk.config.settings, desk.config.home)
        if model is None:
            return [*found, Finding("live", "warn", "there is no model server to ask")], {}
        with model:
            found += [Finding(f"live: {item.subject}", item.state, item.said) for item in probe(model)]
        if served := desk.server.window():
            found.append(Finding("live: served window", "ok", f"{served} tokens, as the server tells"))
        return found, model.capabilities.to_json()


def _checked(subject: str, check: "Callable[[Config], Finding]", found: "Config") -> Finding:
    try:
        return check(found)
    except CarrelError as error:
        return Finding(subject, "fail", str(error))


def _permissions(home: Path) -> Finding:
    if home.stat().st_mode & 0o077:
        return Finding("permissions", "warn", f"others can look into the home. Run: chmod 700 '{home}'")
    return Finding("permissions", "ok", "the home is yours alone")


def _journal() -> Finding:
    from carrel.memory.db.database import journal_mode

    mode, version = journal_mode(), sqlite3.sqlite_version
    reason = "" if mode == "wal" else ": this SQLite can corrupt a WAL database, so the rollback journal is used"
    return Finding("sqlite", "ok", f"{version}, journal {mode}{reason}")


def _database(found: "Config") -> Finding:
    from carrel.memory.db.database import Database
    from carrel.memory.db.upgrade import upgrade

    database = Database(found.home / "carrel.db")
    try:
        upgrade(database)
        with database.read() as connection:
            result = str(connection.exec_driver_sql("PRAGMA quick_check").scalar())
    finally:
        database.close()
    if result == "ok":
        return Finding("database", "ok", f"{found.home / 'carrel.db'} is sound")
    return Finding("database", "fail", f"damaged: {result}. Restore a copy from '{found.home / 'backups'}'.")


def _vectors(found: "Config") -> Finding:
    from carrel.bootstrap import create_embedder
    from carrel.memory.db.database import Database
    from carrel.memory.indexing.vectors import VectorStore
    from carrel.memory.upkeep.verify import unembedded

    embedder = create_embedder(found.settings, found.home / "models")
    if embedder is None:
        return Finding("vectors", "ok", "none are used")
    database = Database(found.home / "carrel.db")
    try:
        missing = unembedded(database, VectorStore(database, embedder))
    finally:
        database.close()
    if not missing:
        return Finding("vectors", "ok", "every row has one, or is about to have one")
    name, rows = next(iter(missing.items()))
    others = f" and {counted(len(missing) - 1, 'other agent')}" if len(missing) > 1 else ""
    said = f"{counted(rows, 'row')} of '{name}'{others} found by words only: another model embedded them."
    return Finding("vectors", "warn", f"{said} Run: carrel memory reindex -a {name}")


def _model(found: "Config") -> Finding:
    from carrel.bootstrap import create_server_model
    from carrel.config import shown

    model = create_server_model(found.settings, found.home)
    if model is None:
        return Finding("model", "warn", "no language model is connected; answers quote memory. See docs/models.md.")
    server = shown("base_url", found.settings.base_url) or "api.openai.com"
    known = _known(model.capabilities)
    return Finding("model", "ok", f"{model.name} at {server} (not asked: --live asks){known}")


def _known(capabilities: "Capabilities") -> str:
    """Return what was learned of the server before."""
    words = {True: "yes", False: "no"}
    facts = (f"{name} {words.get(value, value)}" for name, value in capabilities.to_json().items())
    told = ", ".join(facts)
    return f"; known of it: {told}" if told else ""


def _embedder(found: "Config") -> Finding:
    from carrel.bootstrap import create_embedder
    from carrel.models.embedders.minilm_weights import verify_weights, weights_folder

    if create_embedder(found.settings, found.home / "models") is None:
        return Finding("embedder", "warn", 'none: search finds words only. Set embedder = "local" in config.toml.')
    if found.settings.embedder != "local":
        return Finding("embedder", "ok", f"{found.settings.embedder} (not asked)")
    verify_weights(weights_folder())
    return Finding("embedder", "ok", "all-MiniLM-L6-v2, the weights are the published ones")


_CHECKS: tuple[tuple[str, "Callable[[Config], Finding]"], ...] = (
    ("database", _database),
    ("model", _model),
    ("embedder", _embedder),
    ("vectors", _vectors),
)
