"""Build the record of a turn: its reply, calls, memory changes and retrieved memories, with where each came from."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, Event, PagedIn, QueueFlushed, ToolCalled, ToolReturned, TurnStarted
from carrel.memory.values import Hit, MemoryEvent, NewMessage, Passage, StoredMessage
from carrel.scenario.record.trajectory import Record


class TurnRecorder:
    """Collect the events of one turn and build its record."""

    def __init__(self) -> None:
        self.turn = ""
        """The turn's id, once it has started."""
        self._answer: Answer | None = None
        self._evicted = 0
        self._paged_in: set[str] = set()
        self._calls: list[Record] = []
        self._pending: list[Record] = []

    def add(self, event: Event) -> None:
        """Take in the next event."""
        match event:
            case TurnStarted(turn=turn):
                self.turn = turn
            case PagedIn(hits=hits):
                self._paged_in = {hit.id for hit in hits}
            case ToolCalled(name=name, arguments=arguments):
                call: Record = {"name": name, "arguments": _parse(arguments), "result": None, "ok": None}
                self._calls.append(call)
                self._pending.append(call)
            case ToolReturned(text=text, ok=ok) if self._pending:
                self._pending.pop(0).update(result=text, ok=ok)
            case QueueFlushed(messages=messages):
                self._evicted += messages
            case Answer():
                self._answer = event

    def build(self, agent: Agent, session_name: str, places: Mapping[str, str]) -> Record:
        """Return the turn's record; `places` maps the ids of earlier turns to their place in the scenario, `s1:2`."""
        answer = self._answer
        changes = agent.memory.turns.changes(self.turn) if self.turn else []
        session = answer.session if answer else None
        return {
            "turn": self.turn,
            "reply": answer.text if answer else "",
            "calls": self._calls,
            "steps": answer.steps if answer else 0,
            "evicted": self._evicted,
            "usage": answer.usage.to_json() if answer else None,
            "memory": [_change_record(event) for event in changes],
            "retrieved": [self._hit_record(hit, agent, places) for hit in answer.retrieved] if answer else [],
            "summary": agent.memory.queue.summary(session) if session else "",
            "core": read_core(agent),
            "passages": read_passages(agent, {event.ref for event in changes if event.tier == "archival"}),
            "messages": self._message_records(agent, session_name),
        }

    def _message_records(self, agent: Agent, session: str) -> list[Record]:
        messages = agent.recall.of_turn(self.turn) if self.turn else []
        return [_message_record(agent, item, session) for item in messages if item.role != "tool"]

    def _hit_record(self, hit: Hit, agent: Agent, places: Mapping[str, str]) -> Record:
        return {
            "id": hit.id,
            "tier": hit.tier,
            "text": hit.text,
            "at": hit.at.isoformat(),
            "speaker": hit.speaker or hit.role,
            "session": hit.session,
            "source": hit.source,
            "by": "page_in" if hit.id in self._paged_in else "tool",
            "place": places.get(_turn_of(hit, agent) or "", None),
        }


def read_core(agent: Agent) -> dict[str, str]:
    """Return the values of the agent's blocks by label."""
    return {block.label: block.value for block in agent.core.all()}


def read_passages(agent: Agent, ids: Iterable[str]) -> list[Record]:
    """Return the passages with these ids and their successors, in their present state."""
    found: dict[str, Passage] = {}
    waiting = sorted(set(ids))
    while waiting:
        passage = agent.archival.get(waiting.pop())
        if passage.id not in found:
            found[passage.id] = passage
            waiting += [passage.successor] if passage.successor else []
    return [_passage_record(agent, found[key]) for key in sorted(found, key=lambda key: found[key].n)]


def imported_message_record(message: NewMessage) -> Record:
    """Return the record of a message that was loaded into recall memory."""
    return {
        "id": None,
        "role": message.role,
        "speaker": message.speaker,
        "text": message.text,
        "at": message.at.isoformat() if message.at else None,
        "session": message.session,
        "source": message.source,
        "turn": None,
    }


def _message_record(agent: Agent, stored: StoredMessage, session: str) -> Record:
    return {
        "id": stored.id,
        "role": stored.role,
        "speaker": stored.speaker,
        "text": stored.text,
        "at": agent.memory.local(stored.at).isoformat(),
        "session": session,
        "source": stored.source,
        "turn": stored.turn,
    }


def _passage_record(agent: Agent, passage: Passage) -> Record:
    return {
        "id": passage.id,
        "text": passage.text,
        "tags": list(passage.tags),
        "state": passage.state,
        "at": agent.memory.local(passage.at).isoformat(),
        "source": passage.source,
        "turn": passage.turn,
    }


def _change_record(event: MemoryEvent) -> Record:
    return {"tier": event.tier, "ref": event.ref, "op": event.op, "before": event.before, "after": event.after}


def _turn_of(hit: Hit, agent: Agent) -> str | None:
    """Return the id of the turn in which a memory was stored."""
    return agent.recall.get(hit.id).turn if hit.tier == "recall" else agent.archival.get(hit.id).turn


def _parse(arguments: str) -> Any:
    try:
        return json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return arguments
