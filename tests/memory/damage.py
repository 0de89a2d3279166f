"""Leave a memory as a stopped program of today, or an older one, may have left it; and read what it has executed."""

from typing import NamedTuple

import sqlalchemy as sa

from carrel.memory.db.schema import agents, messages, passages, queue, tool_runs, turns
from carrel.memory.store import Memory


class Execution(NamedTuple):
    """A call that was executed, or begun."""

    name: str
    arguments: str
    state: str


def leave_turns_running(memory: Memory) -> None:
    """Take the end away from every turn, as if the program had stopped right before it."""
    with memory.scope.write() as connection:
        connection.execute(sa.update(turns).values(state="running", ended_at=None))


def begin_call(memory: Memory, turn: str, position: int, name: str) -> None:
    """Mark a call of a turn's first step as begun, as if the program had stopped during it."""
    key = {"turn_id": turn, "step": 1, "position": position}
    call = {"call_id": f"call_{position + 1}", "name": name, "arguments": "{}"}
    with memory.scope.write() as connection:
        connection.execute(tool_runs.insert().values(**key, **call, state="started", at=memory.now()))


def lose_results(memory: Memory) -> None:
    """Delete the results of all calls, as old programs may have lost them."""
    lost = sa.select(messages.c.n).where(messages.c.role == "tool")
    with memory.scope.write() as connection:
        connection.execute(sa.delete(queue).where(queue.c.message_n.in_(lost)))
        connection.execute(sa.delete(messages).where(messages.c.role == "tool"))


def lease_of(memory: Memory) -> str | None:
    """Return the lease that stands in the agent's row."""
    with memory.scope.read() as connection:
        return connection.scalar(sa.select(agents.c.lease).where(agents.c.id == memory.scope.agent_id))


def executions(memory: Memory) -> list[Execution]:
    """Return the calls that were executed, or begun."""
    with memory.scope.read() as connection:
        rows = connection.execute(sa.select(tool_runs.c.name, tool_runs.c.arguments, tool_runs.c.state))
        return [Execution(*row) for row in rows]


def passage_texts(memory: Memory) -> list[str]:
    """Return the texts of all passages that were ever stored, whatever became of them."""
    with memory.scope.read() as connection:
        return list(connection.scalars(sa.select(passages.c.text)))
