"""What a turn shows from outside, as records: messages, passages, hits with where they come from."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, Event, Evicted, PagedIn, ToolCalled, ToolReturned, TurnStarted
from carrel.memory.values import Hit, MemoryEvent, NewMessage, Passage, StoredMessage
from carrel.scenario.record.state import Record


class Notes:
    """Collects what happens in one turn."""

    def __init__(self) -> None:
        self.turn = ""
        self.answer: Answer | None = None
        self.evicted = 0
        self._paged: set[str] = set()
        self._calls: list[Record] = []
        self._open: list[Record] = []

    def take(self, event: Event) -> None:
        """Note an event."""
        match event:
            case TurnStarted(turn=turn):
                self.turn = turn
            case PagedIn(hits=hits):
                self._paged = {hit.id for hit in hits}
            case ToolCalled(name=name, arguments=arguments):
                call: Record = {"name": name, "arguments": _parsed(arguments), "result": None, "ok": None}
                self._calls.append(call)
                self._open.append(call)
            case ToolReturned(text=text, ok=ok) if self._open:
                self._open.pop(0).update(result=text, ok=ok)
            case Evicted(messages=messages):
                self.evicted += messages
            case Answer():
                self.answer = event

    def record(self, agent: Agent, session_name: str, places: Mapping[str, str]) -> Record:
        """Return what the turn shows; `places` says where in the story earlier turns stand."""
        answer = self.answer
        changes = agent.memory.turns.changes(self.turn) if self.turn else []
        session = answer.session if answer else None
        return {
            "turn": self.turn,
            "reply": answer.text if answer else "",
            "calls": self._calls,
            "steps": answer.steps if answer else 0,
            "evicted": self.evicted,
            "usage": answer.usage.to_json() if answer else None,
            "memory": [_change(event) for event in changes],
            "retrieved": [self._hit(hit, agent, places) for hit in answer.retrieved] if answer else [],
            "summary": agent.memory.turns.summary_of(session) if session else "",
            "core": core_of(agent),
            "passages": passages_of(agent, {event.ref for event in changes if event.tier == "archival"}),
            "messages": self._messages(agent, session_name),
        }

    def _messages(self, agent: Agent, session: str) -> list[Record]:
        said = agent.recall.of_turn(self.turn) if self.turn else []
        return [_message(agent, item, session) for item in said if item.role != "tool"]

    def _hit(self, hit: Hit, agent: Agent, places: Mapping[str, str]) -> Record:
        return {
            "id": hit.id,
            "tier": hit.tier,
            "text": hit.text,
            "at": hit.at.isoformat(),
            "speaker": hit.speaker or hit.role,
            "session": hit.session,
            "source": hit.source,
            "by": "page_in" if hit.id in self._paged else "tool",
            "place": places.get(_turn_of(hit, agent) or "", None),
        }


def core_of(agent: Agent) -> dict[str, str]:
    """Return the blocks' values by label."""
    return {block.label: block.value for block in agent.core.all()}


def passages_of(agent: Agent, ids: Iterable[str]) -> list[Record]:
    """Return the passages of these ids, and those that took their place, as they are now."""
    found: dict[str, Passage] = {}
    waiting = sorted(set(ids))
    while waiting:
        passage = agent.archival.get(waiting.pop())
        if passage.id not in found:
            found[passage.id] = passage
            waiting += [passage.successor] if passage.successor else []
    return [_passage(agent, found[key]) for key in sorted(found, key=lambda key: found[key].n)]


def loaded(message: NewMessage) -> Record:
    """Return a message that was taken in from elsewhere."""
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


def _message(agent: Agent, stored: StoredMessage, session: str) -> Record:
    return {
        "id": stored.id,
        "role": stored.role,
        "speaker": stored.speaker,
        "text": stored.text,
        "at": agent.memory.scope.local(stored.at).isoformat(),
        "session": session,
        "source": stored.source,
        "turn": stored.turn,
    }


def _passage(agent: Agent, passage: Passage) -> Record:
    return {
        "id": passage.id,
        "text": passage.text,
        "tags": list(passage.tags),
        "state": passage.state,
        "at": agent.memory.scope.local(passage.at).isoformat(),
        "source": passage.source,
        "turn": passage.turn,
    }


def _change(event: MemoryEvent) -> Record:
    return {"tier": event.tier, "ref": event.ref, "op": event.op, "before": event.before, "after": event.after}


def _turn_of(hit: Hit, agent: Agent) -> str | None:
    """Return the turn that a memory comes from."""
    return agent.recall.get(hit.id).turn if hit.tier == "recall" else agent.archival.get(hit.id).turn


def _parsed(arguments: str) -> Any:
    try:
        return json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return arguments
