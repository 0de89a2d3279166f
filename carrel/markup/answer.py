"""Put an answer together from the text between the marks. Pure."""


class Answer:
    """Collects text; where something was cut out, the white space round it becomes one gap, at the edges none.

    With `cut`, something was cut out before the first word.
    """

    def __init__(self, cut: bool = False) -> None:
        self._said: list[str] = []
        self._taken = 0
        self._gaps = ["", ""] if cut else [""]

    @property
    def begun(self) -> bool:
        """Whether anything but white space was said."""
        return bool(self._said)

    @property
    def text(self) -> str:
        """All that was said; white space at its end is missing until `end`."""
        return "".join(self._said)

    def say(self, text: str) -> None:
        """Append text; white space at its end waits for what follows."""
        words = text.strip()
        if not words:
            self._gaps[-1] += text
            return
        start = text.index(words)
        self._gaps[-1] += text[:start]
        self._said.append(self._gap() + words)
        self._gaps = [text[start + len(words) :]]

    def cut(self) -> None:
        """Note that something stood here that is none of the answer."""
        self._gaps.append("")

    def end(self) -> None:
        """Give out the white space at the end of an answer, where nothing was cut out behind its last word."""
        if self.begun and len(self._gaps) == 1:
            self._said.append(self._gaps[0])

    def take(self) -> str:
        """Return what was said since this was last asked."""
        fresh = "".join(self._said[self._taken :])
        self._taken = len(self._said)
        return fresh

    def _gap(self) -> str:
        if len(self._gaps) > 1 and not self.begun:
            return ""
        return max(self._gaps, key=lambda gap: (gap.count("\n"), len(gap)))
