"""The full-text index, which finds the rows that contain given words: the protocol of an engine, and its queries.

`fts5` is the engine for SQLite. Texts are given as the words that `carrel.words` extracts, so that all engines find the
same rows. The index is written in the same transaction as the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.values import Tier


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Matches rows that match at least one of the parts."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Matches rows that match all of the parts."""

    parts: "tuple[Query, ...]"


Query = str | AnyOf | AllOf
"""A word, as `carrel.words.query_terms` returns it, or a combination of queries. A word is never syntax."""


class Match(NamedTuple):
    """The parts of a statement that selects the rows of a tier that match a query."""

    table: sa.FromClause
    n: sa.ColumnElement[int]
    """The number of the row."""
    condition: sa.ColumnElement[bool]


class IndexedWords(NamedTuple):
    """The parts of a statement that reads the words of rows of a tier."""

    table: sa.FromClause
    n: sa.ColumnElement[int]
    """The number of the row."""
    words: sa.ColumnElement[str]


class FullText(Protocol):
    """A full-text engine. It contains every row of recall and archival that a search may return, with its agent."""

    def __hash__(self) -> int:
        """Let the engine be a key of cached statements."""
        ...

    def add(self, connection: Connection, tier: Tier, agent_id: int, words: Mapping[int, str]) -> None:
        """Add rows by their number; words are separated by spaces."""
        ...

    def remove(self, connection: Connection, tier: Tier, numbers: sa.Select[Any]) -> None:
        """Remove the rows whose numbers a query returns."""
        ...

    def match(self, tier: Tier, name: str = "query") -> Match:
        """Return how to select the rows that match the query with this name; `parameters` gives its parameters."""
        ...

    def parameters(self, query: Query, agent_id: int | None, name: str = "query") -> dict[str, Any]:
        """Return the parameters for `match`. `agent_id` may be None if the home has only one agent."""
        ...

    def words(self, tier: Tier) -> IndexedWords:
        """Return how to read the words of rows."""
        ...

    def rebuild(self, connection: Connection, tier: Tier) -> None:
        """Rebuild the index from its stored words."""
        ...

    def is_sound(self, connection: Connection, tier: Tier) -> bool:
        """Return whether the index agrees with its stored words."""
        ...
