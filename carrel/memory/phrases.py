"""Compare and cut sentences whatever their case, spacing and punctuation: what forgetting looks for. Pure."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from carrel.language.sentences import sentences
from carrel.rendering.fact_lines import parse_fact_line, without_days
from carrel.words import STOP_WORDS, is_cjk, stem

MIN_TERMS = 2
"""A sentence with fewer words that say something, such as "Thank you.", is said by everybody."""

MIN_LETTERS = 3
"""The letters of a word that says something."""

MIN_CJK = 4
"""The same for a sentence in Chinese, Japanese or Korean, or one with a number, in characters."""


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, with one space for all that stands between words.

    Invisible characters, such as soft hyphens, are left out.
    """
    normal = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(map(_fold_character, normal)).split())


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    return character if category[0] in "LNM" else "" if category == "Cf" else " "


def stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that say something; of Chinese, Japanese and Korean, character pairs.

    Unlike the words that are indexed, codes and keys are among them.
    """
    return frozenset(stem(word) for word in _words(fold(text)) if word not in STOP_WORDS)


def _words(folded: str) -> Iterator[str]:
    for word in folded.split():
        for cjk, run in groupby(word, is_cjk):  # a name in Latin letters may stand between Chinese ones
            letters = "".join(run)
            if cjk:
                yield from map("".join, pairwise(letters))
            elif len(letters) >= MIN_LETTERS:
                yield letters


def telling_sentences(text: str) -> list[str]:
    """Return the folded sentences of a text that say enough to be recognised elsewhere."""
    return [folded for sentence in sentences(without_days(text)) if (folded := fold(sentence)) and _tells(folded)]


def _tells(folded: str) -> bool:
    if is_cjk(folded) or any(map(str.isdigit, folded)):
        return len(folded.replace(" ", "")) >= MIN_CJK
    return len(stems(folded)) >= MIN_TERMS


@dataclass(frozen=True, slots=True)
class Needles:
    """What must not be left anywhere."""

    sentences: frozenset[str] = frozenset()
    """Folded sentences."""
    words: frozenset[str] = frozenset()
    """Stems of words that occur in nothing else that is remembered."""
    together: tuple[frozenset[str], ...] = ()
    """Groups of stems that must not occur together in one sentence."""

    def __bool__(self) -> bool:
        return bool(self.sentences or self.words or self.together)

    def sentences_in(self, text: str) -> frozenset[str]:
        """Return those of the sentences that a text contains."""
        folded = fold(text)
        return frozenset(needle for needle in self.sentences if _contains(folded, needle))

    def hit(self, text: str) -> bool:
        """Return whether a text contains one of them."""
        folded = fold(text)
        if any(_contains(folded, needle) for needle in self.sentences):
            return True
        if not (self.words or self.together):
            return False
        found = stems(text)
        if found & self.words:
            return True
        return any(group <= found for group in self.together) and any(
            group <= stems(sentence) for group in self.together for sentence in sentences(text)
        )

    def cut(self, text: str) -> str:
        """Return a text without the sentences that contain one of them; a line that becomes empty is left out."""
        if not self.hit(text):
            return text
        lines = (self._cut_line(line) if self.hit(line) else line for line in text.split("\n"))
        kept = "\n".join(line for line in lines if line is not None)
        return "" if self.hit(kept) else kept  # a sentence that runs over several lines

    def hit_json(self, value: Any) -> bool:
        """Return whether a JSON value contains one of them in a text; a text that is JSON itself is read too."""
        if isinstance(value, str):
            inner = _parse(value)
            return self.hit(value) if inner is None else self.hit_json(inner)
        if isinstance(value, dict):
            return any(self.hit(key) or self.hit_json(item) for key, item in value.items())
        return isinstance(value, list) and any(map(self.hit_json, value))

    def cut_json(self, value: Any) -> Any:
        """Return a JSON value with all its texts cut; a text that is JSON itself is cut inside."""
        if isinstance(value, str):
            inner = _parse(value)
            return self.cut(value) if inner is None else json.dumps(self.cut_json(inner), ensure_ascii=False)
        if isinstance(value, dict):
            return {key: self.cut_json(item) for key, item in value.items() if not self.hit(key)}
        return [self.cut_json(item) for item in value] if isinstance(value, list) else value

    def _cut_line(self, line: str) -> str | None:
        fact = parse_fact_line(line)
        kept = " ".join(sentence for sentence in _pieces(fact.text) if not self.hit(sentence))
        day = line.strip()[len(fact.text) :] if fact.day else ""
        return kept + day if kept else None  # the day behind a fact goes with it


def _pieces(line: str) -> Iterator[str]:
    yield from sentences(line) or [line]


def _contains(folded: str, needle: str) -> bool:
    """Return whether a folded text contains a folded sentence, between words and not inside one."""
    start = folded.find(needle)
    while start >= 0:
        end = start + len(needle)
        if _is_edge(folded, start - 1, start) and _is_edge(folded, end - 1, end):
            return True
        start = folded.find(needle, start + 1)
    return False


def _is_edge(text: str, left: int, right: int) -> bool:
    """Return whether a word ends between two characters; Chinese, Japanese and Korean words need no space."""
    if left < 0 or right >= len(text):
        return True
    return " " in (text[left], text[right]) or is_cjk(text[left]) or is_cjk(text[right])


def _parse(text: str) -> Any:
    """Return the JSON object or list that a text is; None where it is none."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
