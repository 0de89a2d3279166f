"""Clean answers in which an older version stored calls or thoughts: models imitate what they said before."""

import re
from collections.abc import Callable, Iterator, Sequence
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
_MAY_HOLD_THOUGHTS = re.compile(r"[<\[◁]|thought|analysis", re.IGNORECASE)
"""What each dialect of thoughts has: reading a text takes a hundred times longer than looking for this."""
_LEAVE_QUEUE = sa.delete(queue).where(queue.c.message_n.in_(list_parameter("numbers")))
_SET_SUMMARY = sa.update(summaries).where(summaries.c.n == sa.bindparam("number"))


Clean = Callable[[str], str | None]
"""Return a text without what does not belong into it, or None where it holds nothing of that."""


def without_calls(tools: Sequence[ToolSchema]) -> Clean:
    """Return how to take calls of the tools out of a text. They are not executed."""
    offered = Offered(tools)

    def clean(text: str) -> str | None:
        named = any(tool.name in text for tool in tools)
        return found.text if named and (found := read_markup(text, offered)).calls else None

    return clean


def without_thoughts(text: str) -> str | None:
    """Take the thoughts of a model, such as those in `<think>`, out of a text."""
    if not _MAY_HOLD_THOUGHTS.search(text):
        return None
    found = read_markup(text, Offered(()))
    return found.text if found.thought else None


def count_stored_markup(scope: Scope, clean: Clean) -> int:
    """Return how many answers and summaries of an agent would be cleaned."""
    with scope.read() as connection:
        return sum(1 for text in (_ANSWERS, _SUMMARIES) for _ in _cleaned(connection, scope, text, clean))


def remove_stored_markup(scope: Scope, clean: Clean) -> int:
    """Clean an agent's answers and summaries; return how many were changed.

    An answer of which nothing is left leaves the queue, and no search finds it.
    """
    with scope.write() as connection:
        answers = dict(_cleaned(connection, scope, _ANSWERS, clean))
        for n, text in answers.items():
            rewrite_message(connection, scope, n, text)
        connection.execute(_LEAVE_QUEUE, {"numbers": [n for n, text in answers.items() if not text]})
        told = dict(_cleaned(connection, scope, _SUMMARIES, clean))
        for n, text in told.items():
            connection.execute(_SET_SUMMARY.values(text=text, tokens=scope.counter.count(text)), {"number": n})
        return len(answers) + len(told)


def _cleaned(
    connection: Connection, scope: Scope, statement: sa.Select[Any], clean: Clean
) -> Iterator[tuple[int, str]]:
    """Yield the number of each row that is to be cleaned, and its clean text."""
    rows: Sequence[AnyRow] = connection.execute(statement, {"agent": scope.agent_id}).fetchall()
    for row in rows:
        if (text := clean(row.text)) is not None:
            yield row.n, text.strip()
