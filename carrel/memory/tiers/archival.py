"""Archival memory: passages that the agent has stored, and documents that the user gave it."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import MemoryRefused, NotFound, UsageError
from carrel.memory.db.database import new_number
from carrel.memory.db.dialect import begins_with, list_literal, without_index
from carrel.memory.db.schema import AnyRow, outbox, passages
from carrel.memory.db.schema import tags as tag_rows
from carrel.memory.db.utc import utc_text
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.journal.events import Edit
from carrel.memory.journal.scope import Scope
from carrel.memory.journal.tombstones import is_old_news, read_tombstones
from carrel.memory.search.search import TIMEOUT_S, Search
from carrel.memory.tiers.core import API
from carrel.memory.values import Cause, Filters, Mode, Passage, SearchPage
from carrel.text import clean_text
from carrel.words import index_words


@dataclass(frozen=True, slots=True)
class InsertResult:
    """The passage that holds a text, and whether it is new or was there already."""

    passage: Passage
    is_new: bool


class Archival:
    """The passages of one agent."""

    def __init__(self, scope: Scope, search: Search) -> None:
        self._scope = scope
        self._search = search

    def insert(
        self,
        text: str,
        tags: Sequence[str] = (),
        at: datetime | None = None,
        source: str | None = None,
        session: str | None = None,
        cause: Cause = API,
    ) -> InsertResult:
        """Store a text as a passage; where one says the same in the same or nearly the same words, return that one.

        Raises:
            MemoryRefused: the text is empty, or it was forgotten for good and is not said anew.
        """
        cleaned = clean_text(text).strip()
        if not cleaned:
            raise MemoryRefused("The text to store is empty.", 'Call archival_insert(text="…") with the fact itself.')
        with self._scope.write() as connection:
            cleaned = self._without_buried(connection, cleaned, cause)
            known = self._with_hash(connection, text_hash(cleaned))
            if known is not None:
                return InsertResult(self._with_tags(connection, known, clean_tags(tags), cause), is_new=False)
            values = {"text": cleaned, "tags": clean_tags(tags), "source": _clean_source(source), "session_id": session}
            made = self._insert(connection, {**values, "at": at or self._scope.now()}, cause)
            self._scope.record(connection, "archival", made.id, "insert", after=made.text, cause=cause)
            return InsertResult(made, is_new=True)

    def update(
        self,
        reference: str,
        text: str,
        cause: Cause = API,
        *,
        at: datetime | None = None,
        source: str | None = None,
        session: str | None = None,
    ) -> Passage:
        """Replace a passage by a new one; the old one stays in history, marked as superseded.

        The new one is of `at`, or of now, and has the old one's source and session unless others are given. A text
        that another passage holds already is not stored again: that passage becomes the successor.

        Raises:
            NotFound, UsageError: no passage, or several, go by the reference.
            MemoryRefused: the new text is empty, or the passage is no longer live.
        """
        cleaned = clean_text(text).strip()
        if not cleaned:
            raise MemoryRefused("The new text is empty.", f'To remove it, call archival_delete(id="{reference}").')
        with self._scope.write() as connection:
            old = self._live(connection, reference)
            _refuse_pinned(old, cause)
            cleaned = self._without_buried(connection, cleaned, cause)
            if cleaned == old.text:
                return old
            known = self._with_hash(connection, text_hash(cleaned), excluded=old.n)
            origin = {"source": _clean_source(source) or old.source, "session_id": session or old.session}
            kept = {"text": cleaned, "tags": list(old.tags), **origin}
            new = known or self._insert(connection, {**kept, "at": at or self._scope.now()}, cause)
            edit = self._retire(connection, old, "superseded", new.id)
            texts = {"before": old.text, "after": cleaned}
            self._scope.record(connection, "archival", old.id, "update", **texts, edit=edit, cause=cause)
            return new

    def delete(self, reference: str, cause: Cause = API) -> Passage:
        """Delete a passage and those that it superseded; their texts stay in history until they are forgotten.

        Raises:
            NotFound, UsageError: no passage, or several, go by the reference.
            MemoryRefused: the passage is deleted already.
        """
        with self._scope.write() as connection:
            old = self._find(connection, reference)
            if old.state == "deleted":
                raise MemoryRefused(f"Passage '{old.id}' is deleted.", "Search for what is live.")
            _refuse_pinned(old, cause)
            for gone in [old, *self._superseded(connection, old.id)]:
                edit = self._retire(connection, gone, "deleted", gone.successor)
                self._scope.record(connection, "archival", gone.id, "delete", before=gone.text, edit=edit, cause=cause)
            return old

    def pin(self, reference: str, pinned: bool, cause: Cause = API) -> Passage:
        """Let the agent read a passage but neither change nor delete it, or let it do so again.

        Raises:
            NotFound, UsageError: no passage, or several, go by the reference.
        """
        with self._scope.write() as connection:
            old = self._find(connection, reference)
            if old.pinned != pinned:
                edit = self._edit(connection, old.n, {"pinned": pinned})
                op = "pin" if pinned else "unpin"
                texts = {"before": old.text, "after": old.text}
                self._scope.record(connection, "archival", old.id, op, **texts, edit=edit, cause=cause)
            return replace(old, pinned=pinned)

    def search(
        self,
        query: str,
        limit: int = 10,
        page: int = 1,
        *,
        tags: Sequence[str] = (),
        all_tags: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        mode: Mode = "hybrid",
        timeout_s: float = TIMEOUT_S,
    ) -> SearchPage:
        """Find passages by words and meaning, best first; `page` counts from 1, dates include both ends."""
        filters = Filters(since, until, tags=tuple(clean_tags(tags)), all_tags=all_tags)
        return self._search.find(
            query, ("archival",), limit=limit, page=page, filters=filters, mode=mode, timeout_s=timeout_s
        )

    def get(self, reference: str) -> Passage:
        """Return a passage by its id or a unique prefix of it."""
        with self._scope.read() as connection:
            return self._find(connection, reference)

    def latest(self, limit: int, before: int | None = None) -> list[Passage]:
        """Return the newest live passages, or those before the number of one, oldest first."""
        live = sa.select(passages).where(self._own(), passages.c.state == "live")
        if before is not None:
            live = live.where(passages.c.n < before)
        with self._scope.read() as connection:
            rows = connection.execute(live.order_by(passages.c.n.desc()).limit(limit)).fetchall()
        return [read_passage(row) for row in rows][::-1]

    def hashes(self) -> set[str]:
        """Return the hashes of the texts of all live passages; see `text_hash`."""
        with self._scope.read() as connection:
            live = sa.select(passages.c.hash).where(self._own(), passages.c.state == "live")
            return set(connection.scalars(live))

    def count(self) -> int:
        """Return the number of live passages."""
        live = sa.select(sa.func.count()).select_from(passages).where(self._own(), passages.c.state == "live")
        with self._scope.read() as connection:
            return int(connection.execute(live).scalar_one())

    def _insert(self, connection: Connection, values: dict[str, object], cause: Cause) -> Passage:
        """Write a passage with its tags and words, and put it into the outbox to be embedded."""
        text = str(values["text"])
        row = {
            **values,
            "id": self._scope.new_id("p"),
            "agent_id": self._scope.agent_id,
            "turn_id": cause.turn,
            "origin": cause.actor,
            "hash": text_hash(text),
            "updated_at": self._scope.now(),
            "tokens": self._scope.counter.count(text),
        }
        n = new_number(connection, passages.insert(), row)
        stored = read_passage(connection.execute(sa.select(passages).where(passages.c.n == n)).one())
        self._add_tags(connection, n, stored.tags)
        self._add_words(connection, n, index_words(text, *stored.tags))
        connection.execute(outbox.insert(), {"agent_id": self._scope.agent_id, "tier": "archival", "row": n})
        return stored

    def _without_buried(self, connection: Connection, text: str, cause: Cause) -> str:
        """Return a text as it may be stored. Raise MemoryRefused where all of it was forgotten for good."""
        kept = read_tombstones(connection, self._scope).cut(text) if is_old_news(cause) else text
        if not kept:
            raise MemoryRefused("This was forgotten for good.", "Leave it out; only the user can say it anew.")
        return kept

    def _retire(self, connection: Connection, old: Passage, state: str, successor: str | None) -> Edit:
        """Mark a passage as superseded or deleted; a deleted one is removed from the indexes of words and vectors."""
        edit = self._edit(connection, old.n, {"state": state, "successor": successor})
        if state == "deleted":
            self._scope.fulltext.remove(connection, "archival", list_literal([old.n]))
            withdraw_rows(connection, "archival", list_literal([old.n]))
        return edit

    def _edit(self, connection: Connection, n: int, values: dict[str, object]) -> Edit:
        """Write columns of a passage and return them as they were and are."""
        columns = [passages.c[name] for name in (*values, "updated_at")]
        row = connection.execute(sa.select(*columns).where(passages.c.n == n)).one()
        now = self._scope.now()
        connection.execute(sa.update(passages).where(passages.c.n == n).values(**values, updated_at=now))
        before = {**row._mapping, "updated_at": utc_text(row.updated_at)}
        return Edit(before, {**values, "updated_at": utc_text(now)})

    def _superseded(self, connection: Connection, successor: str) -> list[Passage]:
        """Return the passages that this one superseded, directly or through others, newest first."""
        first = sa.select(passages.c.id).where(self._own(), passages.c.successor == successor)
        chain = first.cte("chain", recursive=True)
        chain = chain.union(sa.select(passages.c.id).join(chain, passages.c.successor == chain.c.id))
        older = sa.select(passages).where(self._own(), passages.c.id.in_(sa.select(chain.c.id)))
        older = older.where(passages.c.state == "superseded").order_by(passages.c.n.desc())
        return [read_passage(row) for row in connection.execute(older).fetchall()]

    def _with_tags(self, connection: Connection, known: Passage, names: Sequence[str], cause: Cause) -> Passage:
        """Add the tags that a passage does not have yet, and return it with them."""
        fresh = [tag for tag in names if tag not in known.tags]
        if not fresh:
            return known
        whole = [*known.tags, *fresh]
        edit = self._edit(connection, known.n, {"tags": whole})
        self._add_tags(connection, known.n, fresh)
        self._scope.fulltext.remove(connection, "archival", list_literal([known.n]))
        self._add_words(connection, known.n, index_words(known.text, *whole))
        before, after = " ".join(known.tags), " ".join(whole)
        self._scope.record(connection, "archival", known.id, "tag", before=before, after=after, edit=edit, cause=cause)
        return replace(known, tags=tuple(whole))

    def _add_tags(self, connection: Connection, n: int, names: Sequence[str]) -> None:
        rows = [{"passage_n": n, "tag": name, "agent_id": self._scope.agent_id} for name in names]
        if rows:
            connection.execute(tag_rows.insert(), rows)

    def _add_words(self, connection: Connection, n: int, words: str) -> None:
        self._scope.fulltext.add(connection, "archival", self._scope.agent_id, {n: words})

    def _live(self, connection: Connection, reference: str) -> Passage:
        found = self._find(connection, reference)
        if found.state == "live":
            return found
        hint = f"Its successor is '{found.successor}'." if found.successor else "Search for what is live."
        raise MemoryRefused(f"Passage '{found.id}' is {found.state}.", hint)

    def _find(self, connection: Connection, reference: str) -> Passage:
        cleaned = clean_text(reference)
        own = without_index(passages.c.agent_id) == self._scope.agent_id
        first = (
            sa.select(passages)
            .where(own, begins_with(passages.c.id, cleaned))
            .order_by(passages.c.id != cleaned)
            .limit(2)
        )
        rows = connection.execute(first).fetchall()
        if not rows or not cleaned:
            raise NotFound(f"Passage '{reference}' does not exist.", "Search for it and use the id in the result.")
        if len(rows) > 1 and rows[0].id != cleaned:
            raise UsageError(f"'{reference}' begins the ids of several passages.", "Write more of it.")
        if rows[0].forgotten_at is not None:
            raise NotFound(f"Passage '{rows[0].id}' was forgotten.", f"See carrel memory restore {rows[0].id}.")
        return read_passage(rows[0])

    def _with_hash(self, connection: Connection, value: str, excluded: int = 0) -> Passage | None:
        live = sa.select(passages).where(self._own(), passages.c.hash == value, passages.c.state == "live")
        row = connection.execute(live.where(passages.c.n != excluded).limit(1)).one_or_none()
        return None if row is None else read_passage(row)

    def _own(self) -> sa.ColumnElement[bool]:
        return passages.c.agent_id == self._scope.agent_id


def read_passage(row: AnyRow) -> Passage:
    """Return a row of `passages` as a value."""
    return Passage(
        n=row.n,
        id=row.id,
        text=row.text,
        tags=tuple(row.tags),
        origin=row.origin,
        at=row.at,
        tokens=row.tokens,
        state=row.state,
        successor=row.successor,
        source=row.source,
        document=row.document,
        session=row.session_id,
        turn=row.turn_id,
        pinned=row.pinned,
    )


def _refuse_pinned(passage: Passage, cause: Cause) -> None:
    if passage.pinned and cause.actor == "agent":
        raise MemoryRefused(f"Passage '{passage.id}' is pinned.", "Leave it, or ask the user to unpin it.")


def clean_tags(names: Sequence[str]) -> list[str]:
    """Return tags as they are stored: lower case, no white space around them, none twice."""
    return list(dict.fromkeys(tag for tag in (clean_text(name).strip().lower() for name in names) if tag))


def _clean_source(text: str | None) -> str | None:
    return clean_text(text) if text else None


_ARTICLES = frozenset({"a", "an", "the"})
_OPENING = "“‘「（("
_CLOSING = ".,;:!…”’」）)。，；：！、"
"""What may stand around a word without changing what is said; a question mark and other signs change it."""


def text_hash(text: str) -> str:
    """Return the same value for texts that say the same in nearly the same words.

    They may differ in case, white space, articles and punctuation around words; everything else makes another fact:
    a negation, a number, an accent, a plural, a sign such as ++ or :), the case of a word that is a code.
    """
    normal = unicodedata.normalize("NFC", text).split()
    words: list[str] = []
    begins = True
    for word in normal:
        bare = word.lstrip(_OPENING).rstrip(_CLOSING) or word
        if (bare.lower() if begins else bare) not in _ARTICLES:  # inside a sentence `A` is a name
            words.append(bare if _is_code(bare) else bare.lower())
        begins = word.endswith((".", "!", "?", ":"))
    return hashlib.sha256(" ".join(words or normal).encode()).hexdigest()


def _is_code(word: str) -> bool:
    """Return whether the case of a word matters: it holds a digit, or a capital inside."""
    return any(map(str.isdigit, word)) or not (word.islower() or word.isupper() or word.istitle())
