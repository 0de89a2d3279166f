"""HTTP errors and events, read as failures."""

from datetime import UTC, datetime

import pytest

from carrel.models.chat.server.failures.http_failures import retry_after

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("1e9", 1e9),
        ("Mon, 05 Jan 2026 08:00:12 GMT", 12.0),
        ("Mon, 05 Jan 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_retry_after_in_all_its_forms(value: str, seconds: float | None) -> None:
    """Seconds and dates are read; what is neither is no wish at all."""
    assert retry_after({"retry-after": value}, NOW) == seconds
