"""Leases: one turn of an agent runs at a time, in whatever thread or process.

A lease is a text in the agent's row that names the process and the turn. It ends with the turn, or with its process.
"""

import secrets
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Busy, NotFound
from carrel.memory.db.schema import agents
from carrel.memory.journal.scope import Scope
from carrel.processes import is_running, this_process

_THIS = agents.c.id == sa.bindparam("agent")
_LEASE = sa.select(agents.c.lease, agents.c.name).where(_THIS)
_SET = sa.update(agents).where(_THIS)
_SET_WHERE_FREE = _SET.where(agents.c.lease.is_(None))
_CLEAR = _SET.where(agents.c.lease == sa.bindparam("held")).values(lease=None)

_LIVE: dict[tuple[Path, int], str] = {}
"""The leases of the turns that go on in this process, by database and agent: not by thread, for a turn may begin in one
thread and end in another."""


def take(scope: Scope) -> str:
    """Reserve an agent for one turn, in the transaction of the scope, and return the lease.

    Raises:
        Busy: another turn of this agent goes on, here or in another live process.
        NotFound: the agent was removed.
    """
    lease = f"{this_process()}:{secrets.token_hex(6)}"
    values = {"agent": scope.agent_id, "lease": lease}
    with scope.write() as connection:
        if not connection.execute(_SET_WHERE_FREE, values).rowcount:
            row = connection.execute(_LEASE, values).one_or_none()
            if row is None:
                raise NotFound("The agent was removed meanwhile.", "Open it again to make a new one.")
            if row.lease and _is_live(row.lease):
                raise Busy(f"Agent '{row.name}' is answering another message.", "Try again in a moment.")
            connection.execute(_SET, values)
    _LIVE[_key(scope)] = lease
    return lease


def current(scope: Scope) -> str | None:
    """Return the lease of the agent's turn that goes on in this process; None where none does."""
    return _LIVE.get(_key(scope))


def is_held(connection: Connection, agent_id: int) -> bool:
    """Return whether a turn of the agent goes on, here or in another live process."""
    row = connection.execute(_LEASE, {"agent": agent_id}).one_or_none()
    return row is not None and bool(row.lease) and _is_live(row.lease)


def end(scope: Scope) -> None:
    """Note that the turn of the agent is over: its lease keeps nobody out any more, even where it stays in the row."""
    _LIVE.pop(_key(scope), None)


def release(scope: Scope, lease: str | None) -> None:
    """Remove a lease from its agent's row, in the transaction of the scope; another one in its place stays.

    Once that is committed the lease is no longer the current one.
    """
    with scope.bound() as bound, bound.write() as connection:
        connection.execute(_CLEAR, {"agent": scope.agent_id, "held": lease})
        assert bound.transaction is not None
        bound.transaction.on_commit(lambda: end(scope))


def _is_live(lease: str) -> bool:
    """Return whether a lease still holds: for a turn of this process, or for another process that runs."""
    process, _, _ = lease.rpartition(":")
    return lease in _LIVE.values() if process == this_process() else is_running(process)


def _key(scope: Scope) -> tuple[Path, int]:
    return scope.database.path, scope.agent_id
