"""Leases: one turn of an agent runs at a time, in whatever thread or process.

A lease is a text in the agent's row that names the process and the turn. It ends with the turn, or with its process.
"""

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Busy, NotFound
from carrel.memory.db.schema import agents
from carrel.processes import is_running, this_process

_THIS = agents.c.id == sa.bindparam("agent")
_LEASE = sa.select(agents.c.lease, agents.c.name).where(_THIS)
_SET = sa.update(agents).where(_THIS)

_LIVE: set[str] = set()
"""The leases of the turns that go on in this process: a turn may begin in one thread and end in another."""


def take(connection: Connection, agent_id: int) -> str:
    """Reserve an agent for one turn, in the caller's transaction, and return the lease, for `end` and `release`.

    Raises:
        Busy: another turn of this agent goes on, here or in another live process.
        NotFound: the agent was removed.
    """
    row = connection.execute(_LEASE, {"agent": agent_id}).one_or_none()
    if row is None:
        raise NotFound("The agent was removed meanwhile.", "Open it again to make a new one.")
    if row.lease and _is_live(row.lease):
        raise Busy(f"Agent '{row.name}' is answering another message.", "Try again in a moment.")
    lease = f"{this_process()}:{secrets.token_hex(6)}"
    connection.execute(_SET, {"agent": agent_id, "lease": lease})
    _LIVE.add(lease)
    return lease


def end(lease: str) -> None:
    """Note that the turn of a lease is over: whether or not the lease can be released, it holds nobody up."""
    _LIVE.discard(lease)


def holder(connection: Connection, agent_id: int) -> str | None:
    """Return the lease that stands in an agent's row, live or not; None where there is none."""
    return connection.execute(_LEASE.with_only_columns(agents.c.lease), {"agent": agent_id}).scalar()


def is_held(connection: Connection, agent_id: int) -> bool:
    """Return whether a turn of the agent goes on, here or in another live process."""
    lease = holder(connection, agent_id)
    return bool(lease) and _is_live(str(lease))


def release(connection: Connection, agent_id: int) -> None:
    """Release the agent, in the transaction that ends the turn for which it was reserved."""
    connection.execute(_SET, {"agent": agent_id, "lease": None})


def _is_live(lease: str) -> bool:
    """Return whether a lease still holds: for a turn of this process, or for another process that runs."""
    process, _, _ = lease.rpartition(":")
    return lease in _LIVE if process == this_process() else is_running(process)
