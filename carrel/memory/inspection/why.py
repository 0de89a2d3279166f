"""Why an answer says what it says: what was looked up for it. Why a memory is there: who wrote it, and who used it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.dates import is_known, to_zone
from carrel.errors import NotFound
from carrel.memory.db.dialect import list_parameter, without_index
from carrel.memory.db.schema import TIER_TABLES, messages, retrieval_hits, retrievals, turns
from carrel.memory.journal.retrievals import RecordedHit, Retrieval
from carrel.memory.store import Memory
from carrel.memory.values import MemoryEvent, Tier

MAX_USES = 20
"""The latest turns that are listed as having used a memory."""


@dataclass(frozen=True, slots=True)
class TurnText:
    """A turn by what the user said and the agent replied."""

    turn: str
    session: str
    at: datetime
    asked: str
    reply: str

    def to_json(self) -> dict[str, Any]:
        """Return the turn by field."""
        at = to_zone(self.at, None).isoformat() if is_known(self.at) else None
        return {"turn": self.turn, "session": self.session, "at": at, "asked": self.asked, "reply": self.reply}


def search_words(search: Retrieval) -> str:
    """Return what was searched for: the message, or the query of a call, of which all arguments are recorded."""
    try:
        arguments = json.loads(search.query) if search.kind == "tool" else None
    except ValueError:
        return search.query
    return str(arguments["query"]) if isinstance(arguments, dict) and "query" in arguments else search.query


@dataclass(frozen=True, slots=True)
class AnswerReason:
    """What was looked up for an answer."""

    turn: TurnText
    searches: tuple[Retrieval, ...]
    texts: Mapping[str, str]
    """What the found memories say now, by id; those that are gone are left out."""

    def to_json(self) -> dict[str, Any]:
        """Return it by field."""
        searches = [
            {"kind": each.kind, "step": each.step, "query": search_words(each), "hits": [*map(self._hit, each.hits)]}
            for each in self.searches
        ]
        return {**self.turn.to_json(), "searches": searches}

    def _hit(self, hit: RecordedHit) -> dict[str, Any]:
        scores = {"score": round(hit.score, 4), "scores": dict(hit.scores)}
        text = self.texts.get(hit.ref)
        return {"id": hit.ref, "tier": hit.tier, "text": text, **scores, "shown": hit.shown, "reason": hit.reason}


@dataclass(frozen=True, slots=True)
class MemoryReason:
    """Where a memory comes from, and which turns were shown it."""

    id: str
    tier: Tier
    text: str
    written: MemoryEvent | None
    """The change that wrote it; None where an older version did not record it."""
    origin: TurnText | None
    """The turn in which it was written; None where it came from elsewhere."""
    uses: tuple[TurnText, ...]
    """The latest turns that the model was shown it in, newest first."""

    def to_json(self) -> dict[str, Any]:
        """Return it by field."""
        written = self.written.to_json() if self.written else None
        origin = self.origin.to_json() if self.origin else None
        uses = [use.to_json() for use in self.uses]
        return {"id": self.id, "tier": self.tier, "text": self.text, "written": written, "origin": origin, "uses": uses}


def explain_answer(memory: Memory, turn: str) -> AnswerReason:
    """Return what was looked up in a turn, by its id. Raise NotFound."""
    searches = tuple(memory.retrievals.of_turn(turn))
    refs = {hit.ref for search in searches for hit in search.hits}
    with memory.scope.read() as connection:
        found = _turns(connection, memory.scope.agent_id, [turn])
        if not found:
            raise NotFound(f"Turn '{turn}' of agent '{memory.scope.agent}' does not exist.", "See carrel session show.")
        return AnswerReason(found[0], searches, _texts(connection, memory.scope.agent_id, refs))


def explain_memory(memory: Memory, reference: str) -> MemoryReason:
    """Return where a message or passage comes from, by its id, and which turns were shown it. Raise NotFound."""
    tier: Tier = "recall" if reference.startswith("m-") else "archival"
    agent = memory.scope.agent_id
    past = memory.history(tier, reference)
    written = next((event for event in past if event.after is not None), None)
    shown = (retrieval_hits.c.ref == reference) & retrieval_hits.c.taken & (retrievals.c.agent_id == agent)
    newest = sa.select(retrievals.c.turn_id).join_from(retrieval_hits, retrievals).where(shown).distinct()
    with memory.scope.read() as connection:
        texts = _texts(connection, agent, {reference})
        if reference not in texts:
            raise NotFound(f"Memory '{reference}' was forgotten.", "Restore it with carrel memory restore.")
        origin = _turns(connection, agent, [written.turn]) if written and written.turn else []
        uses = _turns(connection, agent, connection.scalars(newest).all())[:MAX_USES]
    return MemoryReason(reference, tier, texts[reference], written, origin[0] if origin else None, tuple(uses))


def _texts(connection: Connection, agent_id: int, refs: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in TIER_TABLES.values():
        live = (without_index(table.c.agent_id) == agent_id) & table.c.forgotten_at.is_(None)
        chosen = sa.select(table.c.id, table.c.text).where(live, table.c.id.in_(list_parameter("refs")))
        found.update((key, text) for key, text in connection.execute(chosen, {"refs": sorted(refs)}))
    return found


def _turns(connection: Connection, agent_id: int, ids: Sequence[str | None]) -> list[TurnText]:
    """Return turns by their ids, the newest first."""
    own = (turns.c.agent_id == agent_id) & turns.c.id.in_(list_parameter("ids"))
    given = {"ids": [key for key in ids if key]}
    rows = connection.execute(sa.select(turns).where(own).order_by(turns.c.n.desc()), given).fetchall()
    spoken = messages.c.turn_id.in_(list_parameter("ids")) & messages.c.role.in_(("user", "assistant"))
    live = spoken & messages.c.forgotten_at.is_(None) & (messages.c.text != "")
    said = sa.select(messages.c.turn_id, messages.c.role, messages.c.text).where(live).order_by(messages.c.n)
    texts = {(turn, role): text for turn, role, text in connection.execute(said, given)}
    asked, replied = ({row.id: texts.get((row.id, role), "") for row in rows} for role in ("user", "assistant"))
    return [TurnText(row.id, row.session_id, row.started_at, asked[row.id], replied[row.id]) for row in rows]
