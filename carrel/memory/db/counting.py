"""Triggers that count how much each agent remembers, so that no code that writes a row can forget to count it."""

from carrel.memory.db.dialect import CountTrigger

_COUNTED = (
    ("message", "messages", "recall_count", "position", "{row}.position IS NOT NULL"),
    ("passage", "passages", "archival_count", "state", "{row}.state = 'live'"),
    ("session", "sessions", "session_count", None, "1"),
    ("turn", "turns", "turn_count", None, "1"),
)
"""Name, table, column of `agents`, the column that decides whether a row counts, and the condition for it."""


def count_triggers() -> list[CountTrigger]:
    """Return the triggers that keep the counts."""
    made: list[CountTrigger] = []
    for name, table, count, decides, condition in _COUNTED:
        new, old = condition.format(row="NEW"), condition.format(row="OLD")
        made.append(CountTrigger(f"count_{name}_in", "INSERT", table, None, count, "NEW", f"({new})"))
        made.append(CountTrigger(f"count_{name}_out", "DELETE", table, None, count, "OLD", f"-({old})"))
        if decides is not None:
            change = f"({new}) - ({old})"
            made.append(CountTrigger(f"count_{name}_change", "UPDATE", table, decides, count, "NEW", change))
    return made
