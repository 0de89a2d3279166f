"""Turn real conversations into a scenario: what was said, when, and what the model did, to be played again."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import yaml

from carrel.agent.agent import Agent
from carrel.errors import UsageError
from carrel.memory.values import MemoryEvent, Passage, SessionInfo, StoredMessage
from carrel.messages import ToolCall
from carrel.scenario.files.durations import written
from carrel.scenario.files.story import SCHEMA
from carrel.scenario.files.templates import ids_in
from carrel.scenario.record.secrets import masked

_CHANGES = re.compile(r"^(?:core_memory|archival)_(?!search)")
"""Names of calls that change memory: a story expects them again."""


def exported(agent: Agent, sessions: Sequence[str], window: int, embedder: str) -> dict[str, Any]:
    """Return sessions of an agent, by their ids, as a scenario that plays what the model said.

    Core memory and the passages that the sessions change are set up as they were before the first of them; messages of
    sessions that are left out are not there. What looks like a key is taken out.

    Raises:
        UsageError: nothing was said in them.
    """
    chosen = sorted((info for info in agent.sessions.all() if info.id in sessions), key=lambda info: info.started)
    said = {info.id: agent.recall.of_session(info.id) for info in chosen}
    chosen = [info for info in chosen if said[info.id]]
    if not chosen:
        raise UsageError("Nothing was said in these sessions.", "See carrel session ls.")
    start = agent.memory.scope.local(said[chosen[0].id][0].at)
    story = {
        "schema": SCHEMA,
        "name": f"{agent.name}: {', '.join(_id(info, n) for n, info in enumerate(chosen, 1))}",
        "agent": {"name": agent.name, "model": "scripted", "window": window, "embedder": embedder},
        "clock": {"start": start.isoformat(timespec="seconds"), "per_turn": "0s"},
        "setup": _set_up(agent, start, [message.turn for items in said.values() for message in items if message.turn]),
        "sessions": [_session(agent, info, n, said[info.id]) for n, info in enumerate(chosen, 1)],
    }
    return {key: value for key, value in _clean(story).items() if value}


def as_yaml(story: Mapping[str, Any]) -> str:
    """Return a scenario as the text of its file; long texts as blocks."""
    return str(yaml.dump(dict(story), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _id(info: SessionInfo, number: int) -> str:
    name = (info.name or "").replace(":", "-").strip()
    return name if name and name != "last" else f"s{number}"


def _set_up(agent: Agent, start: datetime, turns: Sequence[str]) -> dict[str, Any]:
    core = {block.label: _before(agent, block.label, block.value, start) for block in agent.core.all()}
    passages = [
        {"text": item.text, "tags": list(item.tags), "at": agent.memory.scope.local(item.at).isoformat()}
        for item in _passages(agent, start, turns)
    ]
    return {key: value for key, value in (("core", core), ("archival", passages)) if value}


def _before(agent: Agent, label: str, value: str, start: datetime) -> str:
    """Return what a block held at a moment."""
    later = [event for event in agent.memory.history("core", label) if event.at >= start]
    return (later[0].before or "") if later else value


def _passages(agent: Agent, start: datetime, turns: Sequence[str]) -> list[Passage]:
    """Return what archival memory held before: what is live still, and what these turns changed."""
    held = {item.id: item for item in agent.archival.latest(100_000)}
    for event in _events(agent, turns):
        if event.tier == "archival" and event.before is not None:
            held[event.ref] = agent.archival.get(event.ref)
    made = set(dict.fromkeys(turns))
    return sorted((item for item in held.values() if item.at < start and item.turn not in made), key=lambda p: p.n)


def _events(agent: Agent, turns: Sequence[str]) -> Iterator[MemoryEvent]:
    for turn in dict.fromkeys(turns):
        yield from agent.memory.turns.changes(turn)


def _session(agent: Agent, info: SessionInfo, number: int, said: Sequence[StoredMessage]) -> dict[str, Any]:
    local = agent.memory.scope.local
    loose = [message for message in said if message.turn is None]
    turns = [list(group) for _, group in groupby((m for m in said if m.turn), key=lambda message: message.turn)]
    found: dict[str, Any] = {"id": _id(info, number), "at": local(said[0].at).isoformat(timespec="seconds")}
    if loose:
        found["messages"] = [_said(message, local(message.at)) for message in loose]
    starts = [turn[0].at for turn in turns]
    gaps = [0.0, *((later - sooner).total_seconds() for sooner, later in pairwise(starts))]
    found["turns"] = [_turn(turn, gap) for turn, gap in zip(turns, gaps, strict=True)]
    return {key: value for key, value in found.items() if value}


def _said(message: StoredMessage, at: datetime) -> dict[str, Any]:
    role = "assistant" if message.role == "assistant" else "user"
    given = {"role": role, "text": message.text, "speaker": message.speaker, "at": at.isoformat()}
    return {key: value for key, value in {**given, "source": message.source}.items() if value}


def _turn(messages: Sequence[StoredMessage], gap: float) -> dict[str, Any]:
    user = next((message.text for message in messages if message.role == "user"), "")
    replies = [_reply(messages, n) for n, message in enumerate(messages) if message.role == "assistant"]
    done = (message.tool or "" for message in messages if message.role == "tool" and message.ok)
    called = [name for name in done if _CHANGES.match(name)]
    turn: dict[str, Any] = {"user": user}
    if gap >= 1:
        turn["advance"] = written(timedelta(seconds=round(gap)))
    turn["replies"] = replies or [{"fail": "The model did not answer."}]
    expect: list[dict[str, Any]] = [{"tool_called": {"name": name, "ok": True}} for name in dict.fromkeys(called)]
    expect += [] if replies and not replies[-1].get("call") else [{"error": {"matches": "."}}]
    return {**turn, "expect": expect} if expect else turn


def _reply(messages: Sequence[StoredMessage], place: int) -> dict[str, Any]:
    message = messages[place]
    results = [item.text for item in messages[:place] if item.role == "tool"]
    calls = [{call.name: _arguments(call, ids_in(results))} for call in message.calls]
    if not calls:
        return {"say": message.text}
    return {"say": message.text, "call": calls} if message.text else {"call": calls}


def _arguments(call: ToolCall, ids: Sequence[str]) -> Any:
    """Return a call's arguments, ids of this conversation as what was found."""
    text = call.arguments
    for number, found in enumerate(ids, 1):
        text = text.replace(found, "{{ id }}" if number == 1 else f"{{{{ id {number} }}}}")
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value
