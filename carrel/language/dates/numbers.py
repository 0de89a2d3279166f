"""Numbers as people write them: digits, words, Chinese characters. Pure."""

from collections.abc import Mapping

_HAN = {han: n for n, han in enumerate("零一二三四五六七八九")} | {"两": 2, "半": 0.5}


def number(text: str, words: Mapping[str, float]) -> float | None:
    """Return the number that a text says; None where it says none."""
    folded = " ".join(text.lower().split())
    if folded.isdecimal():
        return int(folded)
    return words[folded] if folded in words else _chinese(folded)


def _chinese(text: str) -> float | None:
    """Read Chinese numerals below a hundred, such as 二十三 or 十."""
    tens, ten, ones = text.rpartition("十")
    values = [_HAN.get(part, None) for part in (tens, ones) if part]
    if not text or None in values:
        return None
    if ten:
        return 10 * (_HAN[tens] if tens else 1) + (_HAN[ones] if ones else 0)
    return _HAN.get(text)
