"""Turn the pieces of a streamed reply into clean text, piece by piece. Pure."""

import unicodedata

from carrel.text import clean_text


class CleanFilter:
    """Cleans streamed text piece by piece, with the same result as `clean_text` of the whole.

    The last character is held back, because the next piece may change it: by an accent, a line feed after a carriage
    return, or the other half of a surrogate pair.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return the clean text that no later piece can change."""
        self._held += piece
        cut = next((at for at in range(len(self._held) - 1, 0, -1) if _can_split(self._held, at)), 0)
        ready, self._held = self._held[:cut], self._held[cut:]
        return clean_text(ready)

    def end(self) -> str:
        """Return the text that was held back."""
        ready, self._held = self._held, ""
        return clean_text(ready)


def _can_split(text: str, at: int) -> bool:
    """Return whether a text can be cleaned in two parts, before and from `at`, with the same result as in one."""
    before, here = text[at - 1], text[at]
    if here.isascii():
        return here.isprintable() or here == "\t" or (here == "\n" and before != "\r")
    if (
        unicodedata.category(here) in {"Cc", "Cs"}
        or unicodedata.category(before) == "Cc"
        or unicodedata.combining(here)
    ):
        return False
    # Hangul and some Indic vowels compose with the preceding character although they are not combining marks.
    window = unicodedata.normalize("NFC", text[max(0, at - 4) : at])
    return unicodedata.normalize("NFC", window + here) == window + unicodedata.normalize("NFC", here)
