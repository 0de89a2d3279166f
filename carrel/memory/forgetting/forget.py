"""Forget, restore and erase memories of one agent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Busy, CarrelError, NotFound
from carrel.language.sentences import sentences
from carrel.memory.db.schema import metadata
from carrel.memory.forgetting import bin as bins
from carrel.memory.forgetting.bin_items import bin_items, drop_lines, has_older
from carrel.memory.forgetting.cascade import Cascade, trace, trace_bin
from carrel.memory.forgetting.erasure import erase, remove_session
from carrel.memory.forgetting.files import SETTINGS, ScanReport, clean_logs, copies, scan
from carrel.memory.forgetting.items import Item, all_items, find_id
from carrel.memory.forgetting.selection import Found, Selection, select
from carrel.memory.journal.scope import Scope
from carrel.memory.phrases import fold, stems
from carrel.memory.tiers import leases
from carrel.memory.tiers.core import API
from carrel.memory.values import Cause

MIN_TRACE = 5
"""Characters of a word that is looked for in files; shorter ones occur in any bytes."""

MAX_TRACED = 100
"""Of more memories than this only sentences are looked for in files: a whole session uses every word."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that still holds what was forgotten, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What was forgotten, or would be."""

    items: tuple[Item, ...]
    """What was meant, and what says the same."""
    counts: dict[str, int]
    hard: bool
    key: str = ""
    """The id under which it can be restored; empty where it was erased, or nothing was done."""
    left: tuple[Left, ...] = ()

    def to_json(self, is_dry: bool = False) -> dict[str, Any]:
        """Return it as `carrel memory forget --json` prints it."""
        items = [item.to_json() for item in self.items]
        shown = {"forgotten": [], "would": items} if is_dry else {"forgotten": items}
        left = [{"where": item.where, "why": item.why} for item in self.left]
        return {**shown, "cascade": self.counts, "hard": self.hard, "left": left, "restore": self.key or None}


class Forgetting:
    """What one agent is to forget."""

    def __init__(self, scope: Scope, discard_index: Callable[[], bool]) -> None:
        self._scope = scope
        self._discard_index = discard_index

    def find(self, selection: Selection, *, hard: bool = False) -> Cascade:
        """Return what would be forgotten, or with `hard` erased, which what is in the bin can be too.

        Nothing is changed.

        Raises:
            NotFound: an id is unknown, or nothing meets the conditions.
            UsageError: the selection selects nothing, or an id begins several.
        """
        with self._scope.read() as connection:
            return self._find(connection, selection, hard)

    def is_everything(self, selection: Selection) -> bool:
        """Return whether a selection means all that the agent remembers."""
        with self._scope.read() as connection:
            return select(connection, self._scope, selection).is_all

    def forget(self, selection: Selection, cause: Cause = API) -> ForgetReport:
        """Put what a selection means into the bin, with all that says the same.

        Raises:
            Busy: the agent is answering a message, and it is not its own call.
            NotFound, UsageError: as `find`.
            MemoryRefused: the agent may not change one of them. Nothing is forgotten.
        """
        with self._scope.write() as connection:
            self._refuse_while_answering(connection, cause)
            cascade = self._find(connection, selection, hard=False)
            key = bins.put_into_bin(connection, self._scope, cascade, cause)
        return ForgetReport(cascade.all, cascade.counts, hard=False, key=key)

    def erase(self, selection: Selection, cause: Cause = API, *, delete_copies: bool = False) -> ForgetReport:
        """Erase what a selection means for good: every copy of it in the database, its index, history and logs.

        Other files of the home that hold it, such as backups, are named, and deleted with `delete_copies`.

        Raises:
            Busy, NotFound, UsageError: as `forget`.
        """
        with self._scope.write() as connection:
            self._refuse_while_answering(connection, cause)
            cascade = self._find(connection, selection, hard=True)
            erase(connection, self._scope, cascade, cause)
            self._rewrite_words(connection)
        return self.finish(cascade, delete_copies)

    def erase_session(self, session: str, cause: Cause = API, *, keep_memories: bool = False) -> ForgetReport:
        """Remove a session with its messages for good, and unless they are kept, with the memories made in it.

        Raises:
            Busy: the agent is answering a message.
        """
        with self._scope.write() as connection:
            self._refuse_while_answering(connection, cause)
            cascade = Cascade()
            if not keep_memories:
                selection = Selection(session=session)
                cascade = trace(connection, self._scope, selection, select(connection, self._scope, selection))
                erase(connection, self._scope, cascade, cause)
            remove_session(connection, self._scope, session)
            self._rewrite_words(connection)
        return self.finish(cascade)

    def everything(self) -> Cascade:
        """Return all that the agent remembers, as what would be forgotten."""
        with self._scope.read() as connection:
            items = tuple(all_items(connection, self._scope)) + tuple(bin_items(connection, self._scope))
            return trace(connection, self._scope, Selection(speaker="*"), Found(items))

    def restore(self, reference: str, cause: Cause = API) -> list[str]:
        """Restore what was forgotten together with a memory, by its id, and return the ids and labels.

        Raises:
            Busy: the agent is answering a message.
            NotFound: it is not in the bin.
            MemoryRefused: a line does not fit into its block any more. Nothing is restored.
        """
        with self._scope.write() as connection:
            self._refuse_while_answering(connection, cause)
            return bins.restore(connection, self._scope, reference, cause)

    def hide_echoes(self, turn: str) -> None:
        """Put into the bin what a turn that has forgotten something says of it afterwards."""
        with self._scope.write() as connection:
            bins.hide_echoes(connection, self._scope, turn)

    def in_bin(self) -> list[Item]:
        """Return what is in the bin."""
        with self._scope.read() as connection:
            return bin_items(connection, self._scope)

    def purge(self, cause: Cause = API, *, days: int | None = None, delete_copies: bool = False) -> ForgetReport:
        """Erase for good what is in the bin, or of that what has been there for so many days.

        What was said again since it was forgotten stays. Raise Busy.
        """
        until = None if days is None else self._scope.now() - timedelta(days=days)
        with self._scope.write() as connection:
            self._refuse_while_answering(connection, cause)
            cascade = trace_bin(connection, self._scope, bin_items(connection, self._scope, until))
            erase(connection, self._scope, cascade, cause)
            drop_lines(connection, self._scope, until)
            self._rewrite_words(connection)
        return self.finish(cascade, delete_copies)

    def purge_expired(self) -> ForgetReport | None:
        """Erase for good what has been in the bin for 30 days; return None where nothing has.

        Raises:
            Busy: the agent is answering a message.
        """
        with self._scope.read() as connection:
            if not has_older(connection, self._scope, self._scope.now() - timedelta(days=bins.KEPT_DAYS)):
                return None
        return self.purge(Cause("system", reason=f"{bins.KEPT_DAYS} days in the bin"), days=bins.KEPT_DAYS)

    def prove(self, text: str) -> ScanReport:
        """Look for a text in every byte of the home, and in every row of the database."""
        report = scan(self._scope.database.path.parent, [text])
        rows = self._count_rows(text)
        return replace(report, found={**report.found, **({"carrel.db (rows)": rows} if rows else {})})

    def find_id(self, reference: str) -> str:
        """Return the id that a reference means: an id or a prefix, with or without its letter. Raise NotFound."""
        with self._scope.read() as connection:
            return find_id(connection, self._scope, reference)[1]

    def finish(self, cascade: Cascade, delete_copies: bool = False) -> ForgetReport:
        """Rewrite what rows were erased from: the database's file, the index, history and logs."""
        home = self._scope.database.path.parent
        left: list[Left] = []
        try:
            self._scope.database.compact()
        except CarrelError as error:
            left.append(Left("carrel.db", f"{error.message} Freed pages are overwritten, but not given back."))
        if not self._discard_index():
            left.append(Left("index", "another process uses the index; run carrel memory purge when it has ended"))
        clean_logs(home, cascade.needles)
        for name in copies(home, _traces(cascade), cascade.query):
            if name in SETTINGS:
                left.append(Left(name, "part of your settings; take it out by hand"))
            elif delete_copies:
                (home / name).unlink()
            else:
                left.append(Left(name, "a copy that is not part of memory; --delete-copies deletes it"))
        return ForgetReport(cascade.all, cascade.counts, hard=True, left=tuple(left))

    def _find(self, connection: Connection, selection: Selection, hard: bool) -> Cascade:
        in_bin = bin_items(connection, self._scope) if hard else ()
        found = select(connection, self._scope, selection, in_bin)
        if not found.items and not self._is_in_files(selection):
            raise NotFound("Nothing meets these conditions.", "See carrel memory search.")
        return trace(connection, self._scope, selection, found)

    def _is_in_files(self, selection: Selection) -> bool:
        """Return whether the words that are searched for stand in a file of the home or its name, if not in memory."""
        return bool(selection.query and scan(self._scope.database.path.parent, [selection.query]).is_found)

    def _refuse_while_answering(self, connection: Connection, cause: Cause) -> None:
        if cause.turn is None and leases.is_held(connection, self._scope.agent_id):
            raise Busy(f"Agent '{self._scope.agent}' is answering a message.", "Try again in a moment.")

    def _rewrite_words(self, connection: Connection) -> None:
        """Write the full-text index anew: it keeps the words of deleted rows in its segments."""
        for tier in ("recall", "archival"):
            self._scope.fulltext.rebuild(connection, tier)

    def _count_rows(self, text: str) -> int:
        total = 0
        with self._scope.read() as connection:
            for table in metadata.sorted_tables:
                readable = [column for column in table.c if not isinstance(column.type, sa.LargeBinary)]
                held = sa.or_(*(sa.cast(column, sa.Text).contains(text, autoescape=True) for column in readable))
                total += int(connection.execute(sa.select(sa.func.count()).select_from(table).where(held)).scalar_one())
        return total


def _traces(cascade: Cascade) -> Sequence[str]:
    """Return the sentences and rare words of what was erased as they were written, to be looked for in files."""
    found = {cascade.query} - {""}
    few = len(cascade.items) <= MAX_TRACED
    for item in cascade.items:
        found |= {piece for piece in sentences(item.text) if fold(piece) in cascade.needles.sentences}
        words = {word for word in re.findall(r"\w+", item.text) if few and len(word) >= MIN_TRACE}
        found |= {word for word in words if stems(word) & cascade.needles.words}
    return sorted(found)
