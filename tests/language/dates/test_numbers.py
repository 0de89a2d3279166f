"""Numbers in digits, words and Chinese characters."""

import pytest

from carrel.language.dates.numbers import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("Three", 3),
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十三", 23),
        ("半", 0.5),
        ("两", 2),
        ("x", None),
        ("", None),
    ],
)
def test_a_number_is_read(text: str, value: float | None) -> None:
    """What says no number gives None."""
    assert number(text, {"three": 3}) == value
