"""`carrel doctor`: report what works, what does not, and what to do."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.errors import BadConfig, CarrelError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.ladder.probe import Finding as RungFinding
    from carrel.config import Config
    from carrel.models.chat.server.capabilities import Capabilities

SIGNS = {"ok": "✓", "warn": "!", "fail": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    state: str
    text: str


def doctor(
    live: Annotated[bool, typer.Option("--live", help="Also ask the model server what it can do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Report what works, what does not, and what to do."""
    findings = list(check_all())
    capabilities: dict[str, object] = {}
    if live and all(finding.state != "fail" for finding in findings):
        server_findings, capabilities = _check_server()
        findings += server_findings
    if as_json:
        rows = [{"subject": f.subject, "state": f.state, "said": f.text} for f in findings]
        ok = all(f.state != "fail" for f in findings)
        print_json("doctor", {"ok": ok, "findings": rows, **({"capabilities": capabilities} if live else {})})
    else:
        for finding in findings:
            print_line(terminal_text(f"{SIGNS[finding.state]} {finding.subject}: {finding.text}"))
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)


def check_all() -> Iterator[Finding]:
    """Yield what each check of the settings, the home and what is in it finds."""
    from carrel import config

    yield Finding("python", "ok", sys.version.split()[0])
    try:
        loaded = config.load()
        config.open_home(loaded.home)
    except CarrelError as error:
        yield Finding("settings" if isinstance(error, BadConfig) else "home", "fail", str(error))
        return
    for text in config.describe_unknown_variables():
        yield Finding("settings", "warn", text)
    yield Finding("home", "ok", str(loaded.home))
    yield _check_permissions(loaded.home)
    if not os.access(loaded.home, os.W_OK):
        yield Finding("home", "warn", "it can only be read: search, show and ls work, and nothing can be stored")
    for subject, check in _CHECKS:
        yield _run_check(subject, check, loaded)


def _check_server() -> tuple[list[Finding], dict[str, object]]:
    """Probe the model server and the MCP servers."""
    from carrel.bootstrap import create_server_model, find_contract
    from carrel.models.discovery.probing import probe

    with open_home_without_indexer() as carrel:
        count = len(carrel.start_tools().schemas)
        findings = [
            Finding("tools", "ok", f"{count} are offered"),
            *(Finding("mcp", "warn", problem) for problem in carrel.problems),
        ]
        model = create_server_model(carrel.config.settings, carrel.config.home)
        if model is None:
            return [*findings, Finding("live", "warn", "there is no model server to ask")], {}
        with model:
            findings += [Finding(f"live: {item.subject}", item.state, item.text) for item in probe(model)]
            if all(finding.state != "fail" for finding in findings):
                findings.append(_format_contract(find_contract(model)))
        if window := carrel.window_discovery.window():
            findings.append(Finding("live: served window", "ok", f"{window} tokens, as the server reports"))
        return findings, model.capabilities.to_json()


def _format_contract(found: "RungFinding") -> Finding:
    from carrel.agent.ladder.rungs import DESCRIPTIONS

    asked = count_noun(found.requests, "short request")
    return Finding("live: contract", "ok", f"{found.rung}: the model {DESCRIPTIONS[found.rung]} ({asked})")


def _run_check(subject: str, check: "Callable[[Config], Finding]", loaded: "Config") -> Finding:
    try:
        return check(loaded)
    except CarrelError as error:
        return Finding(subject, "fail", str(error))


def _check_permissions(home: Path) -> Finding:
    if home.stat().st_mode & 0o077:
        return Finding("permissions", "warn", f"others can look into the home. Run: chmod 700 '{home}'")
    return Finding("permissions", "ok", "the home is yours alone")


def _check_database(loaded: "Config") -> Finding:
    from carrel.memory.upkeep.check import check_file

    report = check_file(loaded.home)
    if report.damage:
        remedy = f"Restore a copy from '{loaded.home / 'backups'}'."
        return Finding("database", "fail", f"damaged: {report.damage}. {remedy}")
    return Finding("database", "ok", f"'{report.path}' is sound: {report.engine}")


def _check_vectors(loaded: "Config") -> Finding:
    from carrel.bootstrap import create_embedder
    from carrel.memory.upkeep.verify import count_broken, count_unembedded

    embedder = create_embedder(loaded.settings, loaded.home / "models")
    if embedder is None:
        return Finding("vectors", "ok", "none are used")
    if missing := count_unembedded(loaded.home, embedder):
        return _warn_of_vectors(missing, "row", "found by words only: another model embedded them")
    if broken := count_broken(loaded.home, embedder):
        return _warn_of_vectors(broken, "broken vector", "zero, not finite or of another length")
    return Finding("vectors", "ok", "every row has one, or is about to have one")


def _warn_of_vectors(counts: "Mapping[str, int]", noun: str, state: str) -> Finding:
    """Return the finding for agents with rows or vectors that a reindex would mend."""
    name, number = next(iter(counts.items()))
    others = f" and {count_noun(len(counts) - 1, 'other agent')}" if len(counts) > 1 else ""
    problem = f"{count_noun(number, noun)} of '{name}'{others} {state}."
    return Finding("vectors", "warn", f"{problem} Run: carrel memory reindex -a {name}")


def _check_model(loaded: "Config") -> Finding:
    from carrel.bootstrap import create_server_model
    from carrel.config import shown

    model = create_server_model(loaded.settings, loaded.home)
    if model is None:
        return Finding("model", "warn", "no language model is connected; answers quote memory. Run: carrel help models")
    server = shown("base_url", loaded.settings.base_url) or "api.openai.com"
    known = _format_known(model.capabilities)
    if loaded.openai_key_withheld and not loaded.settings.api_key:
        remedy = "If the server needs a key, set CARREL_API_KEY, or api_key in credentials.toml."
        known += f". OPENAI_API_KEY is not sent there, since the server is not OpenAI's. {remedy}"
    return Finding("model", "ok", f"{model.name} at {server} (not asked: --live asks){known}")


def _check_network(loaded: "Config") -> Finding:
    """Check the proxies and certificates that lead to the model server and to the server of the embedder."""
    from carrel.bootstrap import create_server_model
    from carrel.network import connection_options, proxy_for, unusable_certificates

    model = create_server_model(loaded.settings, loaded.home)
    addresses = [model.base_url] if model else []
    if loaded.settings.embedder.startswith("remote:") and loaded.settings.embedder_url:
        addresses.append(loaded.settings.embedder_url)
    for address in addresses:
        connection_options(address)
    if problem := unusable_certificates():
        return Finding("network", "warn", f"{problem} No server that is configured needs it.")
    used = {proxy.shown for address in addresses if (proxy := proxy_for(address))}
    return Finding("network", "ok", f"through the proxy {', '.join(sorted(used))}" if used else "no proxy is used")


def _format_known(capabilities: "Capabilities") -> str:
    """Return what is known about the server from earlier requests."""
    words = {True: "yes", False: "no"}
    facts = (f"{name} {words.get(value, value)}" for name, value in capabilities.to_json().items())
    text = ", ".join(facts)
    return f"; known: {text}" if text else ""


def _check_embedder(loaded: "Config") -> Finding:
    from carrel.bootstrap import create_embedder
    from carrel.models.embedders.minilm_weights import verify_weights, weights_folder

    if create_embedder(loaded.settings, loaded.home / "models") is None:
        return Finding("embedder", "warn", 'none: search finds words only. Set embedder = "local" in config.toml.')
    if loaded.settings.embedder != "local":
        return Finding("embedder", "ok", f"{loaded.settings.embedder} (not asked)")
    verify_weights(weights_folder())
    return Finding("embedder", "ok", "all-MiniLM-L6-v2, the weights are the published ones")


_CHECKS: tuple[tuple[str, "Callable[[Config], Finding]"], ...] = (
    ("database", _check_database),
    ("model", _check_model),
    ("network", _check_network),
    ("embedder", _check_embedder),
    ("vectors", _check_vectors),
)
