"""Tombstones: salted hashes of the sentences that were forgotten for good, so that they are not learnt again."""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.language.sentences import sentences
from carrel.memory.db.dialect import upsert
from carrel.memory.db.schema import tombstones
from carrel.memory.journal.scope import Scope
from carrel.memory.phrases import fold
from carrel.memory.values import Cause

HASH_LENGTH = 64
"""The digits of a salted hash; the keys of imported messages have fewer."""

_OF_AGENT = sa.select(tombstones.c.hash, tombstones.c.salt).where(tombstones.c.agent_id == sa.bindparam("agent"))
_ADD = upsert(tombstones)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The tombstones of one agent."""

    salt: str = ""
    """Empty where nothing was erased yet."""
    hashes: frozenset[str] = frozenset()

    def cut(self, text: str) -> str:
        """Return a text without the sentences that were forgotten for good; empty where nothing else is left."""
        if not self.hashes:
            return text
        gone = {folded for sentence in sentences(text) if self._holds(folded := fold(sentence))}
        if not gone:
            return text
        lines = (_without(line, gone) for line in text.split("\n"))
        return "\n".join(line for line in lines if line is not None).strip()

    def replace_key(self, key: str) -> str | None:
        """Return what stands for the key of an imported message that was erased; None where nothing was erased yet.

        What stands for a key already is returned as it is: a message may be erased piece by piece.
        """
        return key if len(key) == HASH_LENGTH else _hash(self.salt, key) if self.salt else None

    def _holds(self, folded: str) -> bool:
        return _hash(self.salt, folded) in self.hashes


def is_old_news(cause: Cause) -> bool:
    """Return whether a change takes up what was said elsewhere or before, in place of what the user says now."""
    return cause.actor == "import" or (cause.turn is None and cause.actor in ("agent", "system"))


def read_tombstones(connection: Connection, scope: Scope) -> Tombstones:
    """Return the tombstones of an agent."""
    rows = connection.execute(_OF_AGENT, {"agent": scope.agent_id}).fetchall()
    return Tombstones(rows[0].salt, frozenset(row.hash for row in rows)) if rows else Tombstones()


def bury(connection: Connection, scope: Scope, folded: Collection[str]) -> Tombstones:
    """Add tombstones for folded texts, and return all of the agent."""
    salt = read_tombstones(connection, scope).salt or secrets.token_hex(16)
    mine = {"agent_id": scope.agent_id, "salt": salt, "at": scope.now()}
    rows = [{**mine, "hash": _hash(salt, text)} for text in sorted(set(folded)) if text]
    if rows:
        connection.execute(_ADD, rows)
    return read_tombstones(connection, scope)


def _hash(salt: str, text: str) -> str:
    """Return a hash from which the text cannot be found by hashing likely texts without the salt."""
    return hmac.digest(bytes.fromhex(salt), text.encode(), "sha256").hex()


def _without(line: str, gone: Collection[str]) -> str | None:
    found = sentences(line)
    kept = [sentence for sentence in found if fold(sentence) not in gone]
    return line if len(kept) == len(found) else " ".join(kept) or None
