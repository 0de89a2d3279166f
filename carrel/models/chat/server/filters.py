"""Turn the pieces of a streamed reply into clean text, piece by piece. Pure."""

import unicodedata

from carrel.text import clean_text

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Removes `<think>…</think>` from streamed text, wherever the text is split into pieces.

    A thought that never ends is dropped at the start of a reply, where reasoning models put it. Later in the reply, the
    tag counts as text of the model and is returned by `end`. A reply of nothing but white space becomes empty.
    """

    def __init__(self) -> None:
        self._held = ""
        self._lead = ""
        self._inside = False
        self._begun = False
        self._thought = False

    def feed(self, piece: str) -> str:
        """Return the text that is certain not to be part of a thought."""
        self._held += piece
        passed = ""
        while (cut := self._held.find(_CLOSE if self._inside else _OPEN)) >= 0:
            passed += self._switch(cut)
        if not self._inside:
            passed += self._take(len(self._held) - overlap(self._held, _OPEN))
        return passed

    def end(self) -> str:
        """Return the text that was held back."""
        if not self._inside:
            return self._take(len(self._held))
        return _OPEN + self._held if self._begun else ""

    def _switch(self, cut: int) -> str:
        """Skip the next tag and return the text before it."""
        passed = "" if self._inside else self._take(cut)
        tag = _CLOSE if self._inside else _OPEN
        self._held = self._held.partition(tag)[2]
        self._thought |= self._inside
        self._inside = not self._inside
        return passed

    def _take(self, length: int) -> str:
        """Take text from the front, without the white space around a thought at the start of the reply."""
        taken, self._held = self._held[:length], self._held[length:]
        if self._begun:
            return taken
        self._lead += taken
        self._begun = bool(self._lead.strip())
        if not self._begun:
            return ""
        return self._lead.lstrip() if self._thought else self._lead


def overlap(text: str, tag: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a tag."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)


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
