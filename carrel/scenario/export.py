"""Export real conversations as a scenario: what was said and when, and what the model did, to be played again."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import yaml

from carrel.agent.agent import Agent
from carrel.errors import UsageError
from carrel.keys import mask_keys
from carrel.memory.values import MemoryEvent, Passage, SessionInfo, StoredMessage
from carrel.messages import ToolCall
from carrel.scenario.files.durations import format_duration
from carrel.scenario.files.scenario import SCHEMA
from carrel.scenario.files.templates import escape_ids, escape_repetition, find_ids, map_texts
from carrel.scenario.files.yaml_file import IMPLICIT_TYPES

_MEMORY_CHANGE = re.compile(r"^(?:core_memory|archival)_(?!search)")
"""The names of tools that change memory: the scenario expects their calls."""
MAX_PASSAGES = 100_000
"""How many passages of archival memory are looked at."""


def export_sessions(agent: Agent, sessions: Sequence[str], window: int, embedder: str) -> dict[str, Any]:
    """Return the sessions of an agent with these ids as a scenario that replays what the model said.

    Core memory and the passages that the sessions change are set up as they were before the first of them; messages of
    other sessions are not included. Texts that look like keys are masked.

    Raises:
        UsageError: the sessions contain no message.
    """
    selected = sorted((info for info in agent.sessions.all() if info.id in sessions), key=lambda info: info.started)
    messages = {info.id: agent.recall.of_session(info.id) for info in selected}
    selected = [info for info in selected if messages[info.id]]
    if not selected:
        raise UsageError("These sessions contain no message.", "See carrel session ls.")
    start = agent.memory.local(messages[selected[0].id][0].at)
    turns = [message.turn for items in messages.values() for message in items if message.turn]
    scenario = {
        "schema": SCHEMA,
        "name": f"{agent.name}: {', '.join(_session_id(info, n) for n, info in enumerate(selected, 1))}",
        "agent": {"name": agent.name, "model": "scripted", "window": window, "embedder": embedder},
        "clock": {"start": start.isoformat(timespec="seconds"), "per_turn": "0s"},
        "setup": _setup(agent, start, turns),
        "sessions": [_session(agent, info, n, messages[info.id]) for n, info in enumerate(selected, 1)],
    }
    return {key: value for key, value in _mask(scenario).items() if value}


def to_yaml(scenario: Mapping[str, Any]) -> str:
    """Return a scenario as the text of its file, with texts of several lines as blocks."""
    return str(yaml.dump(dict(scenario), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and quotes what the reader of scenarios takes for another type."""


for _tag, _pattern, _first in IMPLICIT_TYPES:
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


def _session_id(info: SessionInfo, number: int) -> str:
    name = (info.name or "").replace(":", "-").strip()
    return name if name and name != "last" else f"s{number}"


def _setup(agent: Agent, start: datetime, turns: Sequence[str]) -> dict[str, Any]:
    core = {block.label: _value_at(agent, block.label, block.value, start) for block in agent.core.all()}
    passages = [
        {"text": item.text, "tags": list(item.tags), "at": agent.memory.local(item.at).isoformat()}
        for item in _passages_before(agent, start, turns)
    ]
    return {key: value for key, value in (("core", core), ("archival", passages)) if value}


def _value_at(agent: Agent, label: str, value: str, time: datetime) -> str:
    """Return the value of a block at a time; `value` is its present one."""
    later = [event for event in agent.memory.history("core", label) if event.at >= time]
    return (later[0].before or "") if later else value


def _passages_before(agent: Agent, start: datetime, turns: Sequence[str]) -> list[Passage]:
    """Return the passages from before the start: those that are live, and those that these turns changed."""
    found = {item.id: item for item in agent.archival.latest(MAX_PASSAGES)}
    for event in _events(agent, turns):
        if event.tier == "archival" and event.before is not None:
            found[event.ref] = agent.archival.get(event.ref)
    own = set(turns)
    return sorted((item for item in found.values() if item.at < start and item.turn not in own), key=lambda p: p.n)


def _events(agent: Agent, turns: Sequence[str]) -> Iterator[MemoryEvent]:
    for turn in dict.fromkeys(turns):
        yield from agent.memory.turns.changes(turn)


def _session(agent: Agent, info: SessionInfo, number: int, messages: Sequence[StoredMessage]) -> dict[str, Any]:
    local = agent.memory.local
    outside_turns = [message for message in messages if message.turn is None]
    turns = [list(group) for _, group in groupby((m for m in messages if m.turn), key=lambda message: message.turn)]
    session: dict[str, Any] = {
        "id": _session_id(info, number),
        "at": local(messages[0].at).isoformat(timespec="seconds"),
    }
    if outside_turns:
        session["messages"] = [_message(message, local(message.at)) for message in outside_turns]
    starts = [turn[0].at for turn in turns]
    gaps = [0.0, *((later - sooner).total_seconds() for sooner, later in pairwise(starts))]
    session["turns"] = [_turn(turn, gap) for turn, gap in zip(turns, gaps, strict=True)]
    return {key: value for key, value in session.items() if value}


def _message(message: StoredMessage, at: datetime) -> dict[str, Any]:
    role = "assistant" if message.role == "assistant" else "user"
    given = {"role": role, "text": message.text, "speaker": message.speaker, "at": at.isoformat()}
    return {key: value for key, value in {**given, "source": message.source}.items() if value}


def _turn(messages: Sequence[StoredMessage], gap: float) -> dict[str, Any]:
    """Return a turn; `gap` is the time in seconds since the turn before it began."""
    user = next((message.text for message in messages if message.role == "user"), "")
    replies = [_reply(messages, n) for n, message in enumerate(messages) if message.role == "assistant"]
    succeeded = (message.tool or "" for message in messages if message.role == "tool" and message.ok)
    changes = [name for name in succeeded if _MEMORY_CHANGE.match(name)]
    turn: dict[str, Any] = {"user": escape_repetition(user)}
    if gap >= 1:
        turn["advance"] = format_duration(timedelta(seconds=round(gap)))
    turn["replies"] = replies or [{"fail": "The model did not answer."}]
    expect: list[dict[str, Any]] = [{"tool_called": {"name": name, "ok": True}} for name in dict.fromkeys(changes)]
    expect += [] if replies and not replies[-1].get("call") else [{"error": {"matches": "."}}]
    return {**turn, "expect": expect} if expect else turn


def _reply(messages: Sequence[StoredMessage], position: int) -> dict[str, Any]:
    message = messages[position]
    results = [item.text for item in messages[:position] if item.role == "tool"]
    calls = [{call.name: _arguments(call, find_ids(results))} for call in message.calls]
    text = escape_repetition(message.text)
    if not calls:
        return {"say": text}
    return {"say": text, "call": calls} if text else {"call": calls}


def _arguments(call: ToolCall, ids: Sequence[str]) -> Any:
    """Return a call's arguments with the ids of this conversation replaced by {{ id }}, {{ id 2 }}, …"""
    try:
        value = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        value = None
    return map_texts(value if isinstance(value, dict) else call.arguments, lambda text: _hide_ids(text, ids))


def _hide_ids(text: str, ids: Sequence[str]) -> str:
    hidden = escape_ids(escape_repetition(text))
    for number, found in enumerate(ids, 1):
        hidden = hidden.replace(found, "{{ id }}" if number == 1 else f"{{{{ id {number} }}}}")
    return hidden


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        return mask_keys(value)
    if isinstance(value, dict):
        return {key: _mask(item) for key, item in value.items()}
    return [_mask(item) for item in value] if isinstance(value, list) else value
