"""Shapes of data are told from words and formulas."""

import base64

import pytest

from carrel.words.data_shapes import REGULAR, is_base85, is_escaped, is_path


def test_escapes() -> None:
    """A quarter of it must be escaped bytes, and twenty of them."""
    assert is_escaped("%E5%8C%97" * 10)
    assert not is_escaped("%E5%8C%97" * 3)
    assert not is_escaped("%20" * 20 + "word" * 100)


@pytest.mark.parametrize(
    "text",
    [
        r"(?:[-+]?\d+\.\d+(?:[eE][-+]?\d+)?[\s,;]+)*[a-z]{2,4}(?=[A-Z0-9])",
        "/usr/lib/Python3/dist-packages/A-b_c.d/E+f=g",
    ],
)
def test_base85(text: str) -> None:
    """Expressions and paths are not as evenly mixed."""
    assert is_base85(base64.b85encode(bytes(range(0, 256, 3))).decode())
    assert not is_base85(text)


def test_paths() -> None:
    """Figures with single letters among them."""
    assert is_path("M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2z")
    assert not is_path("Ms. Lac has clasts")


@pytest.mark.parametrize("text", ["10 20 30 " * 20, "A B C " * 40, "=" * 20, "ACT AGAIN " * 20, "01 10 11 " * 20])
def test_regular_data(text: str) -> None:
    """Figures, letters and short words are no sequences."""
    assert not any(pattern.search(text) for pattern in REGULAR)
