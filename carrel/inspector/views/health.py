"""Health: what can be told of a home and an agent without reading all of it, and the check that reads all of it."""

import os
from collections.abc import Iterator
from typing import Any

from carrel.agent.agent import Agent
from carrel.agent.context.breakdown import count_parts
from carrel.config import shown
from carrel.errors import NotFound
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.memory.upkeep.verify import verify

READ_SHARE = 0.7
"""A server that reports fewer tokens than this share of what was sent cut the prompt."""

Finding = tuple[str, str, str]
"""Subject, state (ok or warn) and what was found, as `carrel doctor` prints them."""


def show_health(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return findings about the home and the agent."""
    agent = subject.agent(parameters.text("agent"))
    findings = [*_check_home(subject), *_check_model(subject, agent), *_check_memory(subject, agent)]
    rows = [{"subject": name, "state": state, "said": text} for name, state, text in findings]
    return {"ok": all(state == "ok" for _, state, _ in findings), "findings": rows}


def show_verify(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Count the agent's rows, words and vectors, as `carrel memory verify --json` does; it reads all of them."""
    memory = subject.agent(parameters.text("agent")).memory
    vectors = subject.carrel.store.engines.vectors
    return verify(memory, vectors.store if vectors else None).to_json()


def _check_home(subject: Subject) -> Iterator[Finding]:
    home = subject.carrel.config.home
    size = (home / "carrel.db").stat().st_size
    yield "home", "ok", str(home)
    if home.stat().st_mode & 0o077:
        yield "permissions", "warn", f"others can look into the home. Run: chmod 700 '{home}'"
    if not os.access(home, os.W_OK):
        yield "home", "warn", "it can only be read: search, show and ls work, and nothing can be stored"
    yield "database", "ok", f"{subject.carrel.store.database.dialect.describe()}, {size / 1e6:.1f} MB"


def _check_model(subject: Subject, agent: Agent) -> Iterator[Finding]:
    carrel = subject.carrel
    if not carrel.model.is_language_model:
        yield "model", "warn", "no language model is connected; answers quote memory. Run: carrel help models"
        return
    server = shown("base_url", carrel.config.settings.base_url) or "api.openai.com"
    yield "model", "ok", f"{carrel.model.name} at {server}, contract {carrel.contract}, window {carrel.budget.window}"
    yield from _check_prompt(agent)


def _check_prompt(agent: Agent) -> Iterator[Finding]:
    """Warn where the server read far less of the last request than was sent; it need not know the tools."""
    try:
        sent = agent.memory.request_log.find()
    except NotFound:
        return
    counted = sent.counted - count_parts(sent, agent.memory.counter)["tools"]
    if sent.reported and sent.reported < READ_SHARE * counted:
        yield "prompt", "warn", f"the server read only {sent.reported} of {counted} tokens: it cut the prompt"


def _check_memory(subject: Subject, agent: Agent) -> Iterator[Finding]:
    counts, vectors = agent.counts, subject.carrel.store.engines.vectors
    held = f"{counts.recall} messages, {counts.archival} passages, {counts.sessions} sessions, {counts.turns} turns"
    yield "memory", "ok", held
    if vectors is None:
        yield "embedder", "warn", 'none: search finds words only. Set embedder = "local" in config.toml.'
    else:
        yield "embedder", "ok", vectors.store.fingerprint
    waiting = subject.carrel.store.waiting()
    yield "vectors", "ok", f"{waiting} rows wait to be embedded" if waiting else "no row waits to be embedded"
    if agent.memory.is_busy:
        yield "turn", "ok", "the agent is answering a message"
    elif session := agent.interrupted_session:
        yield "turn", "warn", f"a turn of session {session} was cut short; the next message closes it"
