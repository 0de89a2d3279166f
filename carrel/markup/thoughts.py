"""The dialects of thoughts in text: which marks stand round them. Pure.

Marks are written as `Source.folded` shows them: in small letters.
"""

import re
from dataclasses import dataclass

from carrel.markup.source import NeedMore, Source, by_length


@dataclass(frozen=True, slots=True)
class Thought:
    """The marks of one dialect; `until` are marks that end a thought and belong to what follows."""

    open: str
    close: str
    until: tuple[str, ...] = ()

    @property
    def ends(self) -> re.Pattern[str]:
        """All that ends such a thought."""
        return re.compile("|".join(map(re.escape, (self.close, *self.until))))


_TAGS = ("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad", "seed:think", "mm:think")
_HARMONY = ("<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>analysis<|message|>")

THOUGHTS = (
    *(Thought(f"<{tag}>", f"</{tag}>") for tag in _TAGS),
    Thought("[think]", "[/think]"),
    Thought("◁think▷", "◁/think▷"),
    Thought("<|start_thinking|>", "<|end_thinking|>"),
    Thought("<|begin_of_thought|>", "<|end_of_thought|>"),
    *(Thought(mark, "<|end|>", ("<|start|>", "<|channel|>")) for mark in _HARMONY),
)
STRIPPED = Thought("analysis", "assistantfinal", ("assistantcommentary",))
"""Harmony where the server has taken the marks out and left their words."""

_BY_OPEN = {thought.open: thought for thought in THOUGHTS}
_OPENS = by_length(_BY_OPEN)
_CLOSES = by_length(thought.close for thought in THOUGHTS if not thought.until)
FRAMES = by_length(
    """<|start|>assistant<|channel|>final<|message|> <|channel|>final<|message|> <|start|>assistant<|message|>
    <|start|>assistant<|channel|>commentary<|message|> <|channel|>commentary<|message|>
    <|end|> <|return|> <|call|> <|start_response|> <|end_response|>""".split()
)
"""Marks round an answer, which are none of it."""

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "「": "」", "『": "』"}


def read_opening(source: Source, at: int) -> Thought | None:
    """Return the thought that opens at a position. Raise NeedMore."""
    mark = source.longest(_OPENS, at)
    return _BY_OPEN[mark] if mark and not _quoted(source, at, mark) else None


def read_close(source: Source, at: int) -> str:
    """Return the closing mark at a position, or "". Raise NeedMore."""
    mark = source.longest(_CLOSES, at)
    return mark if mark and not _quoted(source, at, mark) else ""


def opens_stripped(source: Source, at: int) -> bool:
    """Tell whether a reply that begins at a position begins like a thought of which the marks were taken out."""
    return source.has(STRIPPED.open, at) and source.char(at + len(STRIPPED.open)).isupper()


def find_end(source: Source, at: int, thought: Thought) -> tuple[int, int] | None:
    """Return where a thought ends and where the text behind it begins, or None where its end is not there yet."""
    found = thought.ends.search(source.folded, at)
    if found is None:
        return None
    return found.start(), found.end() if found[0] == thought.close else found.start()


def read_end(source: Source, at: int, thought: Thought) -> tuple[int, int] | None:
    """Return the same, or None where the thought never ends. Raise NeedMore."""
    end = find_end(source, at, thought)
    if end is None and not source.final:
        raise NeedMore
    return end


def certain(source: Source, at: int, thought: Thought) -> int:
    """Return up to where a thought that has not ended yet surely goes on."""
    longest = max(map(len, (thought.close, *thought.until)))
    for start in range(max(at, len(source.text) - longest + 1), len(source.text)):
        try:
            source.longest((thought.close, *thought.until), start)
        except NeedMore:
            return start
    return len(source.text)


def _quoted(source: Source, at: int, mark: str) -> bool:
    """Tell whether a mark stands in quotes: then it is spoken of and not meant."""
    before = source.text[at - 1 : at]
    return before in _QUOTES and source.char(at + len(mark)) == _QUOTES[before]
