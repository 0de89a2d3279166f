"""Write messages into SQL, with their words and their place in the outbox: many at once or one, the same way."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import messages, outbox, speakers
from carrel.memory.journal.scope import Scope
from carrel.memory.search.features import read_features
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.values import Loaded, NewMessage
from carrel.messages import canonical
from carrel.text import clean_text
from carrel.words import index_words

BATCH = 500
"""Rows of one import transaction: long enough to be fast, short enough not to keep other writers waiting."""

_COLUMNS = ("turn_id", "step", "position", "speaker", "calls", "call_id", "tool", "ok", "source", "import_key")

_LAST_POSITION = Prepared(
    sa.select(sa.func.max(messages.c.position)).where(messages.c.session_id == sa.bindparam("session"))
)
_NEW = Prepared(messages.insert())
_WAIT = Prepared(outbox.insert())
_NUMBERED = sa.select(messages.c.id, messages.c.n).where(messages.c.id.in_(sa.bindparam("ids", expanding=True)))

Values = dict[str, Any]


def insert_messages(connection: Connection, scope: Scope, rows: Sequence[Values]) -> list[int]:
    """Write messages in the caller's transaction and return their numbers, in order.

    Each row names `session_id`, `role`, `text`, `at` and `position`, and what else of the columns it has.
    """
    if not rows:
        return []
    whole = [_whole(scope, row) for row in rows]
    numbers = _written(connection, whole)
    indexed = [(n, row) for n, row in zip(numbers, whole, strict=True) if row["position"] is not None]
    if indexed:
        words = {n: index_words(row["text"], row["speaker"]) for n, row in indexed}
        scope.fulltext.add(connection, "recall", scope.agent_id, words)
        waiting = [{"agent_id": scope.agent_id, "tier": "recall", "row": n, "tries": 0} for n, _ in indexed]
        _WAIT.write_all(connection, waiting)
        _note_speakers(connection, scope, {row["speaker"] for row in whole if row["speaker"]})
    return numbers


def _written(connection: Connection, whole: Sequence[Values]) -> list[int]:
    """Write rows and return the numbers that the database gave them, in order."""
    if len(whole) == 1:
        return [_NEW.write(connection, whole[0])]
    _NEW.write_all(connection, whole)
    ids = [row["id"] for row in whole]
    found: dict[str, int] = {}
    for start in range(0, len(ids), BATCH):
        rows = connection.execute(_NUMBERED, {"ids": ids[start : start + BATCH]})
        found.update((row.id, row.n) for row in rows)
    return [found[key] for key in ids]


def _note_speakers(connection: Connection, scope: Scope, names: set[str]) -> None:
    rows = [{"agent_id": scope.agent_id, "name": name} for name in sorted(names)]
    if rows:
        connection.execute(insert(speakers).on_conflict_do_nothing(), rows)


def next_position(connection: Connection, session: str) -> int:
    """Return the place of a session's next searchable message."""
    return int(_LAST_POSITION.value(connection, session=session) or 0) + 1


def is_searchable(role: str, text: str) -> bool:
    """Return whether a message can be found: results of calls and empty messages cannot."""
    return role != "tool" and bool(text.strip())


class Loading:
    """One import into an agent's recall; those already known are skipped."""

    def __init__(self, scope: Scope, sessions: Sessions) -> None:
        self._scope = scope
        self._sessions = sessions
        self._seen: Counter[str] = Counter()
        self._touched: set[str] = set()

    def load(self, incoming: Iterable[NewMessage], progress: Callable[[int], None]) -> Loaded:
        """Take in messages, in transactions of 500, and say after each how many were dealt with."""
        added = known = 0
        batch: list[NewMessage] = []
        for message in incoming:
            batch.append(message)
            if len(batch) == BATCH:
                added += self._batch(batch)
                known += len(batch)
                progress(known)
                batch = []
        added += self._batch(batch)
        return Loaded(added, known + len(batch) - added, len(self._touched))

    def _batch(self, batch: Sequence[NewMessage]) -> int:
        keys = [self._key(message) for message in batch]
        with self._scope.write() as connection:
            held = sa.select(messages.c.import_key).where(messages.c.agent_id == self._scope.agent_id)
            known = set(connection.execute(held.where(messages.c.import_key.in_(keys))).scalars())
            rows: list[Values] = []
            ids: dict[str, str] = {}
            positions: dict[str, int] = {}
            for message, key in zip(batch, keys, strict=True):
                row = self._row(connection, message, key, ids)
                if key not in known:
                    rows.append(self._placed(connection, row, positions))
            insert_messages(connection, self._scope, rows)
            for session, dates in _dates(rows).items():
                self._sessions.touch(connection, session, min(dates), max(dates))
        return len(rows)

    def _row(self, connection: Connection, message: NewMessage, key: str, ids: dict[str, str]) -> Values:
        at = message.at or self._scope.now()
        name = clean_text(message.session or "").strip() or "import"
        if name not in ids:
            known = self._sessions.named(connection, name)
            ids[name] = known or self._sessions.add(connection, name, "import", at)
        self._touched.add(ids[name])
        return {
            "session_id": ids[name],
            "role": message.role,
            "text": clean_text(message.text),
            "speaker": _optional(message.speaker),
            "source": _optional(message.source),
            "at": at,
            "import_key": key,
        }

    def _placed(self, connection: Connection, row: Values, positions: dict[str, int]) -> Values:
        if not is_searchable(row["role"], row["text"]):
            return {**row, "position": None}
        session = row["session_id"]
        if session not in positions:
            positions[session] = next_position(connection, session)
        position = positions[session]
        positions[session] += 1
        return {**row, "position": position}

    def _key(self, message: NewMessage) -> str:
        """Return what tells a message from others: its content, and which of several equal ones it is."""
        at = message.at.isoformat() if message.at else ""
        parts = (message.session or "", message.source or "", message.role, message.speaker or "", at, message.text)
        content = "\x1f".join(clean_text(part) for part in parts)
        self._seen[content] += 1
        return hashlib.sha256(f"{self._seen[content]}\x1f{content}".encode()).hexdigest()[:32]


def _whole(scope: Scope, row: Values) -> Values:
    count = scope.counter.count
    calls = row.get("calls")
    features = read_features(row["text"])
    return {
        **dict.fromkeys(_COLUMNS),
        "state": "complete",
        **row,
        "id": scope.new_id("m"),
        "agent_id": scope.agent_id,
        "asks": features.asks,
        "first_person": features.first_person,
        "time_words": features.time_words,
        "tokens": count(row["text"]) + (count(canonical(calls)) if calls else 0),
    }


def _dates(rows: Iterable[Values]) -> dict[str, list[datetime]]:
    dates: dict[str, list[datetime]] = {}
    for row in rows:
        dates.setdefault(row["session_id"], []).append(row["at"])
    return dates


def _optional(text: str | None) -> str | None:
    return clean_text(text).strip() or None if text else None
