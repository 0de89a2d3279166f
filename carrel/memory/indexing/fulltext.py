"""The full-text index: which rows hold which words. The protocol of an engine, and the queries that it is asked.

`fts5` is the sibling for SQLite. Texts come as the words that `carrel.words` makes of them, so that every engine finds
the same; the index is written in the transaction that writes the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.values import Tier


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A query for rows that match at least one of its parts."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """A query for rows that match all of its parts."""

    parts: "tuple[Query, ...]"


Query = str | AnyOf | AllOf
"""A word, as `carrel.words.query_terms` returns it, or several queries together. It is never syntax."""


class Match(NamedTuple):
    """What a statement needs to select the rows of a tier that match the parameters of a query."""

    table: sa.FromClause
    n: sa.ColumnElement[int]
    """The number of the row."""
    condition: sa.ColumnElement[bool]


class IndexedWords(NamedTuple):
    """Where the words of the rows of a tier are read."""

    table: sa.FromClause
    n: sa.ColumnElement[int]
    """The number of the row."""
    words: sa.ColumnElement[str]


class FullText(Protocol):
    """A full-text engine. Every row of recall and archival that a search may return is in it, with its agent."""

    def __hash__(self) -> int:
        """Let statements be cached by the engine."""
        ...

    def add(self, connection: Connection, tier: Tier, agent_id: int, words: Mapping[int, str]) -> None:
        """Add rows by their number; words are separated by spaces."""
        ...

    def remove(self, connection: Connection, tier: Tier, numbers: sa.Select[Any]) -> None:
        """Remove the rows whose numbers a query returns."""
        ...

    def match(self, tier: Tier, name: str = "query") -> Match:
        """Return how to select the rows that match the query of this name, which `parameters` gives the statement."""
        ...

    def parameters(self, query: Query, agent_id: int | None, name: str = "query") -> dict[str, Any]:
        """Return the parameters for `match`: a query and the agent; None where there is but one agent."""
        ...

    def words(self, tier: Tier) -> IndexedWords:
        """Return where the words of rows are read."""
        ...

    def rebuild(self, connection: Connection, tier: Tier) -> None:
        """Rebuild the index from the words that it holds."""
        ...

    def is_sound(self, connection: Connection, tier: Tier) -> bool:
        """Return whether the index agrees with the words that it holds."""
        ...
