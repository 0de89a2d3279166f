"""Count tokens: exactly where a tokenizer's file is on this machine, else by an estimate that errs on the high side."""

import base64
import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from carrel.protocols import TokenCounter

if TYPE_CHECKING:
    from tiktoken import Encoding

_SPACE, _BREAK, _LOWER, _UPPER, _ACCENTED, _DIGIT, _SIGN = range(7)
_IDEOGRAPH, _HANGUL, _LETTER, _SYLLABLE, _QUOTE, _SYMBOL = range(7, 13)
_RARE_ACCENT, _RARE_SCRIPT, _APOSTROPHE, _APART = range(13, 17)
"""The last two: an apostrophe that may or may not stand in a word, and the place where a run of letters parts."""

_RANGES = (
    (0x0000, 0x0020, _BREAK),
    (0x0020, 0x0021, _SPACE),
    (0x0021, 0x0080, _SIGN),
    (0x0027, 0x0028, _APOSTROPHE),
    (0x0030, 0x003A, _DIGIT),
    (0x0041, 0x005B, _UPPER),
    (0x0061, 0x007B, _LOWER),
    (0x00A0, 0x00C0, _SYMBOL),
    (0x00C0, 0x0250, _ACCENTED),
    (0x0100, 0x0180, _RARE_ACCENT),
    (0x0250, 0x0590, _LETTER),
    (0x0590, 0x1E00, _SYLLABLE),
    (0x0780, 0x0900, _RARE_SCRIPT),
    (0x0F00, 0x1000, _RARE_SCRIPT),
    (0x1200, 0x1780, _RARE_SCRIPT),
    (0x1800, 0x1D00, _RARE_SCRIPT),
    (0x1E00, 0x1F00, _ACCENTED),
    (0x1F00, 0x2000, _LETTER),
    (0x2000, 0x2070, _QUOTE),
    (0x2C00, 0x2E00, _LETTER),
    (0x3000, 0xA000, _IDEOGRAPH),
    (0xA000, 0xAC00, _SYLLABLE),
    (0xAC00, 0xD800, _HANGUL),
    (0xF900, 0xFB00, _IDEOGRAPH),
    (0xFB00, 0xFE00, _LETTER),
    (0xFE70, 0xFF00, _LETTER),
    (0xFF00, 0xFFF0, _IDEOGRAPH),
)
"""First code, end and kind; later lines overrule earlier ones, and what no line names is a symbol."""

_COSTS = {
    _SPACE: (0.0, 1, 0.0),
    _BREAK: (1.0, 2, 0.25),
    _LOWER: (1.0, 5, 0.25),
    _DIGIT: (1.0, 3, 0.4),
    _SIGN: (1.0, 2, 0.5),
    _IDEOGRAPH: (0.85, 1, 0.85),
    _HANGUL: (0.7, 1, 0.7),
    _LETTER: (1.0, 3, 0.35),
    _SYLLABLE: (1.0, 2, 0.5),
    _QUOTE: (1.0, 1, 1.0),
    _SYMBOL: (2.0, 1, 2.0),
    _RARE_SCRIPT: (2.2, 1, 2.2),
}
"""Tokens of a run of one kind: the first figure up to so many characters, the third for each one more.

Calibrated on the counts that OpenAI published for o200k (tests/models/test_tokens.py has them) and on its usual
characters a token: 4.4 English, 1.4 Chinese, 3.2 code, 2.2 to 2.6 JSON full of ids.
"""

_Cost = tuple[float, int, float]

_CL100K_COSTS = {_IDEOGRAPH: (1.2, 1, 1.2), _LETTER: (1.0, 2, 0.6), _SYLLABLE: (1.0, 1, 1.0)}

_FAMILIES: tuple[tuple[str, Mapping[int, _Cost]], ...] = (
    ("qwen", {_IDEOGRAPH: (0.66, 1, 0.66), _DIGIT: (1.0, 1, 1.0)}),
    ("deepseek", {_IDEOGRAPH: (0.61, 1, 0.61)}),
    ("claude", {_IDEOGRAPH: (1.15, 1, 1.15)}),
    ("gpt-4o", {}),
    ("gpt-4.", {}),
    ("gpt-4", _CL100K_COSTS),
    ("gpt-3.5", _CL100K_COSTS),
    ("gpt-35", _CL100K_COSTS),
)
"""Where a maker's tokens differ much from o200k's, by what stands in the model's name; the first that fits counts.

Measured on English, Chinese, code and JSON of 40,000 to 60,000 characters each, with the makers' own vocabularies.
"""

_PORTION = 1_000_000


class Estimator:
    """Estimates tokens from the kinds of characters: words, digits, punctuation, white space, ideographs.

    `model` is the name of the model whose tokens are estimated; without it they are o200k's.
    """

    exact = False

    def __init__(self, model: str = "") -> None:
        self._costs = _run_costs(next((name for name, _ in _FAMILIES if name in model.lower()), ""))

    def count(self, text: str) -> int:
        """Return an estimate of a text's tokens, rather above than below the truth; 0 for no text."""
        portions = (text[start : start + _PORTION] for start in range(0, len(text), _PORTION))
        return max(min(len(text), 1), math.ceil(sum(_estimate(part, self._costs) for part in portions) - 1e-6))


def _estimate(text: str, costs: "_RunCosts") -> float:
    """Return the estimated tokens of a text that is not empty."""
    kinds = _kinds(text)
    rare = 0.5 * kinds.count(_ACCENTED) + 1.0 * kinds.count(_RARE_ACCENT) + 0.25 * len(_CAPITAL_AGAIN.findall(kinds))
    runs = kinds.replace(_CAMEL, _CAMEL_APART).translate(_RUNS_TOGETHER)
    lone = runs.count(_SPACE_DIGIT) - runs.count(_SPACES_DIGIT)
    mixed = runs.count(_LETTER_DIGIT) + runs.count(_DIGIT_LETTER)
    ended = runs.count(_SIGN_BREAK)  # a line's end belongs to the punctuation before it
    return sum(map(costs.__getitem__, _RUN.findall(runs))) + rare + lone + 0.25 * mixed - 0.8 * ended


def _kinds(text: str) -> bytes:
    """Return each character's kind as a byte; an apostrophe between letters counts as a letter."""
    if text.isascii():
        kinds = text.encode().translate(_ascii_kinds())
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        found = _kind_table()[np.minimum(codes, 0xFFFF)]
        found[(codes >= 0x20000) & (codes < 0x40000)] = _IDEOGRAPH
        kinds = found.tobytes()
    return _APOSTROPHE_INSIDE.sub(bytes([_LOWER]), kinds) if "'" in text else kinds


@cache
def _kind_table() -> NDArray[np.uint8]:
    table = np.full(0x10000, _SYMBOL, np.uint8)
    for start, end, kind in _RANGES:
        table[start:end] = kind
    return table


@cache
def _ascii_kinds() -> bytes:
    return _kind_table()[:256].tobytes()


class _RunCosts(dict[bytes, float]):
    """The tokens of a run of one kind, worked out once for each length that is usual."""

    def __init__(self, family: str) -> None:
        self._table = {**_COSTS, **dict(_FAMILIES).get(family, {})}

    def __missing__(self, run: bytes) -> float:
        """Work a run out; several spaces in a row are a token, and a little more where they are many."""
        first, free, rate = self._table[run[0]]
        indent = 1 + len(run) / 64 if run[0] == _SPACE and len(run) > 1 else 0.0
        cost = first + rate * max(len(run) - free, 0) + indent
        if len(run) <= _USUAL_RUN:
            self[run] = cost
        return cost


@cache
def _run_costs(family: str) -> _RunCosts:
    return _RunCosts(family)


_USUAL_RUN = 32
_LETTERS = bytes([_LOWER, _UPPER])
_APOSTROPHE_INSIDE = re.compile(rb"%b(?<=[%b].)(?=[%b])" % (bytes([_APOSTROPHE]), _LETTERS, _LETTERS))
_CAPITAL_AGAIN = re.compile(rb"%b(?=%b)" % (bytes([_UPPER]), bytes([_UPPER])))
_CAMEL = bytes([_LOWER, _UPPER])
_CAMEL_APART = bytes([_LOWER, _APART, _UPPER])
_TOGETHER = {_UPPER: _LOWER, _ACCENTED: _LOWER, _RARE_ACCENT: _LOWER, _APOSTROPHE: _SIGN}
_RUNS_TOGETHER = bytes(_TOGETHER.get(kind, kind) for kind in range(256))
"""The kinds that form runs with others: Latin letters go together."""
_USUAL = sorted(set(_COSTS) - {_SPACE}, key=lambda kind: kind != _LOWER)
_RUN = re.compile(b"|".join([*(b"%b+" % re.escape(bytes([kind])) for kind in _USUAL), b"%b{2,}" % bytes([_SPACE])]))
"""A single space costs nothing."""
_SPACE_DIGIT, _SPACES_DIGIT = bytes([_SPACE, _DIGIT]), bytes([_SPACE, _SPACE, _DIGIT])
_LETTER_DIGIT, _DIGIT_LETTER = bytes([_LOWER, _DIGIT]), bytes([_DIGIT, _LOWER])
_SIGN_BREAK = bytes([_SIGN, _BREAK])


class TiktokenCounter:
    """Counts with a tokenizer of OpenAI's; `exact` unless the model is another maker's."""

    def __init__(self, encoding: "Encoding", exact: bool = True) -> None:
        self.exact = exact
        self._encoding = encoding

    def count(self, text: str) -> int:
        """Return a text's tokens; a special token in it counts as the plain text that it is."""
        return len(self._encoding.encode(text, disallowed_special=()))


@dataclass(frozen=True, slots=True)
class BpeFile:
    """A tokenizer's file as tiktoken keeps it, and the expression that cuts text before it is looked up."""

    name: str
    url: str
    sha256: str
    pattern: str

    @property
    def filename(self) -> str:
        """The file's name in TIKTOKEN_CACHE_DIR."""
        return hashlib.sha1(self.url.encode()).hexdigest()


_BLOBS = "https://openaipublic.blob.core.windows.net/encodings"
_WORD = r"[^\r\n\p{L}\p{N}]?"
_ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"

O200K = BpeFile(
    "o200k_base",
    f"{_BLOBS}/o200k_base.tiktoken",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "|".join(
        (
            _WORD + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _ENDING,
            _WORD + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _ENDING,
            r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        )
    ),
)
CL100K = BpeFile(
    "cl100k_base",
    f"{_BLOBS}/cl100k_base.tiktoken",
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
)
_O200K_MODELS = ("gpt-5", "gpt-4.1", "gpt-4.5", "gpt-4o", "gpt-oss", "chatgpt-4o", "o1", "o3", "o4")
_CL100K_MODELS = ("gpt-4", "gpt-3.5", "gpt-35")


def token_counter(model_name: str, cache_dir: Path | None) -> TokenCounter:
    """Return the best counter for a model that works without a network.

    `cache_dir` is tiktoken's TIKTOKEN_CACHE_DIR; if the tokenizer's file is not there, or not as it was published, the
    counter is an Estimator. A model of another maker is counted with o200k, and the counter says that it is not exact.
    """
    file, exact = bpe_for(model_name)
    encoding = load_encoding(file, cache_dir) if cache_dir else None
    return TiktokenCounter(encoding, exact) if encoding else Estimator(model_name)


def bpe_for(model_name: str) -> tuple[BpeFile, bool]:
    """Return a model's tokenizer and whether it is truly the model's own."""
    if model_name.startswith(_O200K_MODELS):
        return O200K, True
    if model_name.startswith(_CL100K_MODELS):
        return CL100K, True
    return O200K, False


def load_encoding(file: BpeFile, cache_dir: Path) -> "Encoding | None":
    """Return the tokenizer, or None where its file is absent, unreadable or damaged."""
    try:
        content = (cache_dir / file.filename).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return None
    import tiktoken

    # tiktoken.get_encoding would fetch a file that vanished meanwhile, without a time limit; so the file is read here.
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, content.splitlines()) if token}
    return tiktoken.Encoding(file.name, pat_str=file.pattern, mergeable_ranks=ranks, special_tokens={})
