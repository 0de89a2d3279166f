"""Clean answers in which an older version stored calls as text: models imitate what they said before."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.markup import Offered, read_markup
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import AnyRow, messages, queue, summaries
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.message_writer import rewrite_message
from carrel.messages import ToolSchema

_ANSWERS = sa.select(messages.c.n, messages.c.text).where(
    messages.c.agent_id == sa.bindparam("agent"),
    messages.c.role == "assistant",
    messages.c.turn_id.is_not(None),
    messages.c.text != "",
)
_SUMMARIES = sa.select(summaries.c.n, summaries.c.text).where(
    summaries.c.session_id.in_(sa.select(messages.c.session_id).where(messages.c.agent_id == sa.bindparam("agent")))
)
_LEAVE_QUEUE = sa.delete(queue).where(queue.c.message_n.in_(list_parameter("numbers")))
_SET_SUMMARY = sa.update(summaries).where(summaries.c.n == sa.bindparam("number"))


def count_text_calls(scope: Scope, tools: Sequence[ToolSchema]) -> int:
    """Return how many answers and summaries of an agent hold a call of one of the tools as text."""
    with scope.read() as connection:
        return sum(1 for _ in _poisoned(connection, scope, _ANSWERS, tools)) + sum(
            1 for _ in _poisoned(connection, scope, _SUMMARIES, tools)
        )


def remove_text_calls(scope: Scope, tools: Sequence[ToolSchema]) -> int:
    """Take calls that were stored as text out of an agent's answers and summaries; return how many were changed.

    The calls are not executed. An answer of which nothing is left leaves the queue, and no search finds it.
    """
    with scope.write() as connection:
        answers = dict(_poisoned(connection, scope, _ANSWERS, tools))
        for n, text in answers.items():
            rewrite_message(connection, scope, n, text)
        connection.execute(_LEAVE_QUEUE, {"numbers": [n for n, text in answers.items() if not text]})
        told = dict(_poisoned(connection, scope, _SUMMARIES, tools))
        for n, text in told.items():
            connection.execute(_SET_SUMMARY.values(text=text, tokens=scope.counter.count(text)), {"number": n})
        return len(answers) + len(told)


def _poisoned(
    connection: Connection, scope: Scope, statement: sa.Select[Any], tools: Sequence[ToolSchema]
) -> Iterator[tuple[int, str]]:
    """Yield the number of each row that holds a call as text, and its text without."""
    offered = Offered(tools)
    rows: Sequence[AnyRow] = connection.execute(statement, {"agent": scope.agent_id}).fetchall()
    for row in rows:
        if any(tool.name in row.text for tool in tools) and (found := read_markup(row.text, offered)).calls:
            yield row.n, found.text
