"""What all tables share."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey

AnyRow = sa.Row[*tuple[Any, ...]]
"""A row of any columns."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def agent_column() -> Column[Any]:
    """Return the column for the agent that owns a row. Rows are deleted with their agent."""
    return Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False)


def turn_column() -> Column[Any]:
    """Return the column for the turn that wrote a row. Rows outlive their turn."""
    return Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL"))
