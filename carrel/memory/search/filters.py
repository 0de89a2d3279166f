"""The SQL conditions of a search's filters."""

from typing import Any

import sqlalchemy as sa

from carrel.memory.db.dialect import list_literal, without_index
from carrel.memory.db.schema import TIER_TABLES, is_searchable, messages, passages, tags
from carrel.memory.values import Filters, Tier


def conditions(agent: Any, tier: Tier, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that a live row of an agent must meet to pass the filters.

    The engine must not use the index of agents: only a few hundred rows are in question, while the agent may have a
    million. Measured on 6,000 rows: 1,360 ms with the index, 1 ms without.
    """
    table = TIER_TABLES[tier]
    wanted: list[sa.ColumnElement[bool]] = [without_index(table.c.agent_id) == agent, is_searchable(tier)]
    if filters.since:
        wanted.append(table.c.at >= filters.since)
    if filters.until:
        wanted.append(table.c.at <= filters.until)
    if filters.session:
        wanted.append(table.c.session_id == filters.session)
    return [*wanted, *(_by_role(filters) if tier == "recall" else _by_tags(filters))]


def _by_role(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the condition on messages, which have roles and no tags."""
    if filters.tags:
        return [sa.false()]
    return [messages.c.role.in_(list_literal(filters.roles))] if filters.roles else []


def _by_tags(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the condition on passages, which have tags and no roles."""
    if filters.roles:
        return [sa.false()]
    if not filters.tags:
        return []
    tagged = sa.select(tags.c.passage_n).where(tags.c.tag.in_(list_literal(filters.tags))).group_by(tags.c.passage_n)
    needed = len(filters.tags) if filters.all_tags else 1
    return [passages.c.n.in_(tagged.having(sa.func.count() >= needed))]
