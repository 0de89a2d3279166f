"""How much each agent remembers, counted by triggers: no way of writing a row can forget to count it."""

_CHANGES = (
    ("message", "messages", "recall_count", "position", "{row}.position IS NOT NULL"),
    ("passage", "passages", "archival_count", "state", "{row}.state = 'live'"),
    ("session", "sessions", "session_count", None, "1"),
    ("turn", "turns", "turn_count", None, "1"),
)
"""Name, table, column of `agents`, the column on which it depends whether a row counts, and when it does."""


def count_triggers() -> dict[str, str]:
    """Return the statements that make the triggers, by name."""
    made: dict[str, str] = {}
    for name, table, column, on, counts in _CHANGES:
        new, old = counts.format(row="NEW"), counts.format(row="OLD")
        made |= _trigger(f"count_{name}_in", "INSERT", table, column, "NEW", f"({new})")
        made |= _trigger(f"count_{name}_out", "DELETE", table, column, "OLD", f"-({old})")
        if on is not None:
            made |= _trigger(f"count_{name}_change", f"UPDATE OF {on}", table, column, "NEW", f"({new}) - ({old})")
    return made


def _trigger(name: str, event: str, table: str, column: str, row: str, change: str) -> dict[str, str]:
    counted = f"UPDATE agents SET {column} = {column} + {change} WHERE id = {row}.agent_id;"
    return {name: f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {counted} END"}
