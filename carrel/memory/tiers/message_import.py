"""Import messages into recall: in batches, each message once however often it is imported."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.dates import is_known
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import messages
from carrel.memory.journal.scope import Scope
from carrel.memory.journal.tombstones import Tombstones, read_tombstones
from carrel.memory.tiers.message_writer import MessageRow, insert_messages, last_position
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.values import ImportReport, NewMessage
from carrel.text import clean_text

BATCH = 500
"""Rows of one transaction: enough to be fast, few enough not to keep other writers waiting."""

_KNOWN_KEYS = sa.select(messages.c.import_key, messages.c.session_id).where(
    messages.c.agent_id == sa.bindparam("agent"), messages.c.import_key.in_(list_parameter("keys"))
)


class MessageImport:
    """One import into an agent's recall."""

    def __init__(self, scope: Scope, sessions: Sessions) -> None:
        self._scope = scope
        self._sessions = sessions
        self._seen: Counter[str] = Counter()
        self._found: dict[str, str] = {}
        """The session of each conversation, by its id or else its name."""

    def run(self, incoming: Iterable[NewMessage], progress: Callable[[int], None]) -> ImportReport:
        """Store the messages that are not known yet, and tell `progress` after each batch how many were dealt with."""
        added = done = 0
        messages_left = iter(incoming)
        while batch := list(islice(messages_left, BATCH)):
            added += self._store(batch)
            done += len(batch)
            progress(done)
        return ImportReport(added, done - added, len(set(self._found.values())))

    def _store(self, batch: Sequence[NewMessage]) -> int:
        keys = {number: self._keys(message) for number, message in enumerate(batch)}
        with self._scope.write() as connection:
            tombstones = read_tombstones(connection, self._scope)
            known = self._known(connection, keys, tombstones)
            for number, session in known.items():
                self._found.setdefault(_conversation(batch[number]), session)
            dates = _first_dates(batch)
            kept = _without_buried(batch, tombstones, known)
            rows = [self._row(connection, message, keys[number][0], dates) for number, message in kept.items()]
            fresh = _with_positions(connection, rows)
            insert_messages(connection, self._scope, fresh)
            for session, of_session in _dates(fresh).items():
                self._sessions.extend_dates(connection, session, min(of_session), max(of_session))
        return len(fresh)

    def _known(
        self, connection: Connection, keys: Mapping[int, Sequence[str]], tombstones: Tombstones
    ) -> dict[int, str]:
        """Return the sessions of the messages that were imported before, those that were erased since included."""
        either = {n: [*group, *filter(None, map(tombstones.replace_key, group))] for n, group in keys.items()}
        values = {"agent": self._scope.agent_id, "keys": [key for group in either.values() for key in group]}
        stored = {key: session for key, session in connection.execute(_KNOWN_KEYS, values)}
        return {number: stored[key] for number, group in either.items() for key in group if key in stored}

    def _row(
        self, connection: Connection, message: NewMessage, key: str, first_dates: Mapping[str, datetime]
    ) -> MessageRow:
        identity = _conversation(message)
        if identity not in self._found:
            name = clean_text(message.session or "").strip() or "import"
            known = self._sessions.find_named(connection, name)
            started = first_dates.get(identity, message.at) or self._scope.now()
            self._found[identity] = known or self._sessions.add(connection, name, "import", started)
        return MessageRow(
            session=self._found[identity],
            role=message.role,
            text=clean_text(message.text),
            at=message.at or self._scope.now(),
            speaker=_optional(message.speaker),
            source=_optional(message.source),
            import_key=key,
        )

    def _keys(self, message: NewMessage) -> list[str]:
        """Return what tells a message from others, and then what told it from them before conversations had ids."""
        at = message.at.isoformat() if message.at else ""
        by_name = self._key(message, message.session or "", at)
        if not message.conversation:
            return [by_name]
        return [self._key(message, f"conversation {message.conversation}", "" if message.source else at), by_name]

    def _key(self, message: NewMessage, session: str, at: str) -> str:
        """Return a hash of a message's content, and of which of several equal ones it is."""
        parts = (session, message.source or "", message.role, message.speaker or "", at, message.text)
        content = "\x1f".join(clean_text(part) for part in parts)
        self._seen[content] += 1
        return hashlib.sha256(f"{self._seen[content]}\x1f{content}".encode()).hexdigest()[:32]


def _conversation(message: NewMessage) -> str:
    """Return what tells its conversation from others."""
    return message.conversation or clean_text(message.session or "").strip() or "import"


def _without_buried(
    batch: Sequence[NewMessage], tombstones: Tombstones, known: Collection[int]
) -> dict[int, NewMessage]:
    """Return the messages to store by their number, without what was forgotten for good."""
    cut = {n: replace(message, text=tombstones.cut(message.text)) for n, message in enumerate(batch) if n not in known}
    return {n: message for n, message in cut.items() if message.text or not batch[n].text}


def _with_positions(connection: Connection, rows: Sequence[MessageRow]) -> list[MessageRow]:
    """Return rows with their places: each searchable one after the last of its session."""
    last = {name: last_position(connection, name) for name in {row.session for row in rows if row.is_searchable}}
    placed: list[MessageRow] = []
    for row in rows:
        if row.is_searchable:
            last[row.session] += 1
        placed.append(replace(row, position=last[row.session]) if row.is_searchable else row)
    return placed


def _first_dates(batch: Iterable[NewMessage]) -> dict[str, datetime]:
    """Return the first known date of each conversation."""
    dates: dict[str, datetime] = {}
    for message in batch:
        if message.at and is_known(message.at):
            identity = _conversation(message)
            dates[identity] = min(message.at, dates.get(identity, message.at))
    return dates


def _dates(rows: Iterable[MessageRow]) -> dict[str, list[datetime]]:
    """Return the known dates of each session's rows."""
    dates: dict[str, list[datetime]] = {}
    for row in filter(lambda row: is_known(row.at), rows):
        dates.setdefault(row.session, []).append(row.at)
    return dates


def _optional(text: str | None) -> str | None:
    return clean_text(text).strip() or None if text else None
