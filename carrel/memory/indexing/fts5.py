"""The full-text index in SQLite's FTS5: one virtual table per tier, whose `rowid` is the number of the row.

The agent is indexed as a term, such as `agent3`, so that the rows of one agent are found without a scan.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.indexing.fulltext import AllOf, AnyOf, IndexedWords, Match, Query
from carrel.memory.values import Tier
from carrel.words import is_single

TOKENIZER = "porter unicode61 remove_diacritics 2"


def _table(name: str) -> sa.TableClause:
    return sa.table(name, sa.column("rowid", sa.Integer), sa.column("agent", sa.Text), sa.column("text", sa.Text))


_TABLES: dict[Tier, sa.TableClause] = {"recall": _table("message_words"), "archival": _table("passage_words")}
_CONTENTS = {
    tier: sa.table(f"{table.name}_content", sa.column("id", sa.Integer), sa.column("c1", sa.Text))
    for tier, table in _TABLES.items()
}
"""The tables in which FTS5 stores the text. Reading it through the virtual table takes twice as long."""
_INSERTS = {tier: table.insert() for tier, table in _TABLES.items()}


class Fts5:
    """The full-text index of a SQLite database."""

    def add(self, connection: Connection, tier: Tier, agent_id: int, words: Mapping[int, str]) -> None:
        """Add rows by their number; words are separated by spaces."""
        rows = [{"rowid": n, "agent": _agent_term(agent_id), "text": text} for n, text in words.items()]
        if rows:
            connection.execute(_INSERTS[tier], rows)

    def remove(self, connection: Connection, tier: Tier, numbers: sa.Select[Any]) -> None:
        """Remove the rows whose numbers a query returns."""
        table = _TABLES[tier]
        connection.execute(sa.delete(table).where(table.c.rowid.in_(numbers)))

    def match(self, tier: Tier, name: str = "query") -> Match:
        """Return how to select the rows that match the query with this name; `parameters` gives its parameters."""
        table = _TABLES[tier]
        whole = sa.literal_column(table.name, sa.Text)  # in FTS5 the name of the table stands for the whole row
        return Match(table, table.c.rowid, whole.bool_op("MATCH")(sa.bindparam(name)))

    def parameters(self, query: Query, agent_id: int | None, name: str = "query") -> dict[str, Any]:
        """Return the parameters for `match`. Without an agent the index is read in half of the time."""
        found = f"text:({match_expression(query)})"
        return {name: found if agent_id is None else f'agent:"{_agent_term(agent_id)}" AND {found}'}

    def words(self, tier: Tier) -> IndexedWords:
        """Return how to read the words of rows."""
        table = _CONTENTS[tier]
        return IndexedWords(table, table.c.id, table.c.c1)

    def rebuild(self, connection: Connection, tier: Tier) -> None:
        """Rebuild the index from its stored words."""
        connection.exec_driver_sql(_command(tier, "rebuild"))

    def is_sound(self, connection: Connection, tier: Tier) -> bool:
        """Return whether the index agrees with its stored words.

        Raises:
            sqlalchemy.exc.DatabaseError: the database cannot be written, which FTS5 needs to compare them.
        """
        try:
            connection.exec_driver_sql(_command(tier, "integrity-check"))
        except sa.exc.DatabaseError as error:
            if "readonly" in str(error.orig):
                raise
            return False
        return True


def create_statements() -> dict[str, str]:
    """Return the statements that create the virtual tables, by table name."""
    columns = f"agent, text, tokenize = '{TOKENIZER}'"
    return {table.name: f"CREATE VIRTUAL TABLE {table.name} USING fts5({columns})" for table in _TABLES.values()}


def match_expression(query: Query) -> str:
    """Return a query in the syntax of FTS5. Every word is quoted, so that user text is never syntax."""
    match query:
        case AnyOf(parts):
            return " OR ".join(_part(part) for part in parts)
        case AllOf(parts):
            return " AND ".join(_part(part) for part in parts)
        case word:
            quoted = '"' + word.replace('"', '""') + '"'
            return quoted + "*" if is_single(word) else quoted


def _part(query: Query) -> str:
    return match_expression(query) if isinstance(query, str) else f"({match_expression(query)})"


def _agent_term(agent_id: int) -> str:
    return f"agent{agent_id}"


def _command(tier: Tier, command: str) -> str:
    name = _TABLES[tier].name
    return f"INSERT INTO {name}({name}) VALUES ('{command}')"
