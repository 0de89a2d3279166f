"""Where an earlier session was left: its last exchanges, and what it was about."""

from typing import TYPE_CHECKING

from carrel.cli.terminal.screen.screen import Screen
from carrel.dates import format_day
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from datetime import datetime

    from carrel.agent.agent import Session

EXCHANGES = 2
"""Exchanges that are repeated."""

LINE = 200
"""Characters of each message that are repeated."""

WEEK_DAYS = 6
"""Days for which a weekday says which day is meant."""


def print_recap(screen: Screen, session: "Session") -> None:
    """Print when the session was last, what it was about, and its last exchanges."""
    agent, session_id = session.agent, session.id
    if session_id is None:
        return
    info = next(info for info in agent.sessions.all() if info.id == session_id)
    when = describe_day(agent.memory.local(info.last), agent.memory.now())
    recap = session.recap()
    about = "; ".join(filter(None, (recap.about or info.title, f"open: {recap.open}" if recap.open else "")))
    screen.print(f"Last time ({when}): {about}", "dim", indent=2)
    said = [m for m in agent.memory.queue.load(session_id) if m.role in ("user", "assistant") and m.text]
    for message in said[-2 * EXCHANGES :]:
        mark = "> " if message.role == "user" else "  "
        screen.print(f"{mark}{one_line(message.text, LINE)}", "dim", indent=2)


def describe_day(moment: "datetime", now: "datetime") -> str:
    """Return a past day as people name it: today, yesterday, Tuesday, 3 May, 3 May 2024."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{moment:%A}" if 1 < days <= WEEK_DAYS else format_day(moment, now)
