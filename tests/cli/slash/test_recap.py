"""Where an earlier session was left."""

from datetime import datetime

import pytest

from carrel.cli.slash.recap import describe_day
from tests.cli.harness import carrel

NOW = datetime.fromisoformat("2026-11-28T09:00:00+01:00")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-28T00:01", "today"),
        ("2026-11-27T23:59", "yesterday"),
        ("2026-11-24T09:00", "Tuesday"),
        ("2026-11-22T09:00", "Sunday"),
        ("2026-11-21T09:00", "21 Nov"),
        ("2025-11-28T09:00", "28 Nov 2025"),
        ("2026-11-29T09:00", "29 Nov"),
    ],
)
def test_a_day(day: str, said: str) -> None:
    """A weekday for the last six days, then the date."""
    assert describe_day(datetime.fromisoformat(f"{day}+01:00"), NOW) == said


def test_a_session_that_is_resumed_is_shown() -> None:
    """When it was, what it was about, what is open, and the last two exchanges."""
    carrel("chat", stdin="Hello\nI am moving to Paris.\nI need to buy milk.\n")
    assert carrel("chat", stdin="/resume last\n").err == (
        "Last time (today): I am moving to Paris; open: I need to buy milk\n"
        "> I am moving to Paris.\n  Noted.\n> I need to buy milk.\n  Noted.\n"
    )
