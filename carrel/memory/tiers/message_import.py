"""Import messages into recall: in batches, each message once however often it is imported."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import messages
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.message_writer import MessageRow, insert_messages, last_position
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.values import ImportReport, NewMessage
from carrel.text import clean_text

BATCH = 500
"""Rows of one transaction: enough to be fast, few enough not to keep other writers waiting."""

_KNOWN_KEYS = sa.select(messages.c.import_key).where(
    messages.c.agent_id == sa.bindparam("agent"), messages.c.import_key.in_(list_parameter("keys"))
)


class MessageImport:
    """One import into an agent's recall."""

    def __init__(self, scope: Scope, sessions: Sessions) -> None:
        self._scope = scope
        self._sessions = sessions
        self._seen: Counter[str] = Counter()
        self._touched: set[str] = set()

    def run(self, incoming: Iterable[NewMessage], progress: Callable[[int], None]) -> ImportReport:
        """Store the messages that are not known yet, and tell `progress` after each batch how many were dealt with."""
        added = done = 0
        messages_left = iter(incoming)
        while batch := list(islice(messages_left, BATCH)):
            added += self._store(batch)
            done += len(batch)
            progress(done)
        return ImportReport(added, done - added, len(self._touched))

    def _store(self, batch: Sequence[NewMessage]) -> int:
        keys = [self._key(message) for message in batch]
        with self._scope.write() as connection:
            values = {"agent": self._scope.agent_id, "keys": keys}
            known = set(connection.execute(_KNOWN_KEYS, values).scalars())
            sessions: dict[str, str] = {}
            rows = [self._row(connection, message, key, sessions) for message, key in zip(batch, keys, strict=True)]
            fresh = _with_positions(connection, [row for row in rows if row.import_key not in known])
            insert_messages(connection, self._scope, fresh)
            for session, dates in _dates(fresh).items():
                self._sessions.extend_dates(connection, session, min(dates), max(dates))
        return len(fresh)

    def _row(self, connection: Connection, message: NewMessage, key: str, sessions: dict[str, str]) -> MessageRow:
        at = message.at or self._scope.now()
        name = clean_text(message.session or "").strip() or "import"
        if name not in sessions:
            known = self._sessions.find_named(connection, name)
            sessions[name] = known or self._sessions.add(connection, name, "import", at)
        self._touched.add(sessions[name])
        return MessageRow(
            session=sessions[name],
            role=message.role,
            text=clean_text(message.text),
            at=at,
            speaker=_optional(message.speaker),
            source=_optional(message.source),
            import_key=key,
        )

    def _key(self, message: NewMessage) -> str:
        """Return what tells a message from others: its content, and which of several equal ones it is."""
        at = message.at.isoformat() if message.at else ""
        parts = (message.session or "", message.source or "", message.role, message.speaker or "", at, message.text)
        content = "\x1f".join(clean_text(part) for part in parts)
        self._seen[content] += 1
        return hashlib.sha256(f"{self._seen[content]}\x1f{content}".encode()).hexdigest()[:32]


def _with_positions(connection: Connection, rows: Sequence[MessageRow]) -> list[MessageRow]:
    """Return rows with their places: each searchable one after the last of its session."""
    last = {name: last_position(connection, name) for name in {row.session for row in rows if row.is_searchable}}
    placed: list[MessageRow] = []
    for row in rows:
        if row.is_searchable:
            last[row.session] += 1
        placed.append(replace(row, position=last[row.session]) if row.is_searchable else row)
    return placed


def _dates(rows: Iterable[MessageRow]) -> dict[str, list[datetime]]:
    dates: dict[str, list[datetime]] = {}
    for row in rows:
        dates.setdefault(row.session, []).append(row.at)
    return dates


def _optional(text: str | None) -> str | None:
    return clean_text(text).strip() or None if text else None
