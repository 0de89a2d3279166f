"""Leave out of a text what nobody reads: base64, lists of hashes, hex dumps, minified code. Pure.

Such data is stored as it is, but its pieces are not words, and an embedder takes minutes for them and finds noise.
Only long data is left out: a single hash or key in a sentence is a word that somebody may look for.
"""

import re
from collections.abc import Iterator

from carrel.words.data_shapes import REGULAR, is_base85, is_escaped, is_path

MIN_DATA = 200
"""Characters of data in a text below which nothing is left out: the longest common hash has 128."""
MINIFIED_LINE = 1_000
"""Characters of code in one line from which on it is minified; lines of written code have up to about 200."""
MINIFIED_STATEMENTS = 300
"""The same for code of statements: JSON on one line has no semicolons, and its texts may be looked for."""
LONG_TOKEN = 15
"""Characters without white space; minified code begins and ends with a token of this length or more."""

_DATA_URI = re.compile(r"(?<=;base64,)[A-Za-z0-9+/=_%-]{64,}")
_DATA_TEXT = re.compile(r"\bdata:[\w.+-]+/[\w.+-]+(?:;[\w=-]+)*,([^\s\"'<>)]{64,})")
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_QUERY = re.compile(r"(?<=\?)[^\s\"'<>?#]{120,}")
_STRETCH = re.compile(r"[!-~]{60,}")
_DRAWING = re.compile(r"\b[Mm](?=[\s.,\d-]*\d)[MmLlHhVvCcSsQqTtAaZz\d\s.,+-]{40,}")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_SEGMENT = re.compile(r"[A-Za-z0-9]{100,}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CHANGES = re.compile(r"(?<=[a-z])[A-Z0-9]|(?<=[A-Z])[0-9]|(?<=[0-9])[A-Za-z]")
"""Changes between kinds of letters, as in a random string."""
_DUMP_LINE = re.compile(r"^[ \t]*(?:0x)?[0-9A-Fa-f]{4,16}:?[ \t]+(?:[0-9A-Fa-f]{2,8}[ \t]+){4,}.*$", re.MULTILINE)
_BYTES = re.compile(r"[0-9A-Fa-f]{2}\b[\s,:]*(?:(?:0x|\\x)?[0-9A-Fa-f]{2}\b[\s,:]*){63,}")
_ESCAPES = {
    "%": re.compile(r"(?:%[0-9A-Fa-f]{2}){30,}"),
    "\\x": re.compile(r"(?:\\x[0-9A-Fa-f]{2}){30,}"),
    "\\u": re.compile(r"(?:\\u[0-9A-Fa-f]{4}){20,}"),
    "&#": re.compile(r"(?:&#x?[0-9A-Fa-f]{2,6};){20,}"),
}
"""Escaped characters, by what each begins with."""
_MIN_FIGURES = 50
_FIGURES = re.compile(rf"(?:[-+]?\d+\.\d+(?:[eE][-+]?\d+)?[\s,;]+){{{_MIN_FIGURES},}}")
"""Vectors and measurements: a person gives fewer decimal figures in a row."""
_REPEATED = re.compile(r"(\S)\1{99,}")
_LONG_TOKEN = re.compile(rf"[!-~]{{{LONG_TOKEN},}}")
_CODE_SIGN = re.compile(r"[{}()\[\];=]")

Span = tuple[int, int]


def remove_non_prose(text: str) -> str:
    """Return a text with a space in place of each stretch of data; with little data it is returned as it is.

    A JSON web token is data however short it is.
    """
    secrets = [found.span() for found in _JSON_WEB_TOKEN.finditer(text)] if "eyJ" in text else []
    if len(text) < MIN_DATA and not secrets:
        return text
    spans = sorted({*secrets, *_regular_data(text), *_random_tokens(text), *_stretches(text), *_minified_code(text)})
    if sum(end - start for start, end in spans) < MIN_DATA:
        spans = secrets
    if not spans:
        return text
    parts: list[str] = []
    position = 0
    for start, end in spans:
        if end > position:
            parts.append(text[position : max(start, position)])
            position = end
    return " ".join([*parts, text[position:]])


def _regular_data(text: str) -> Iterator[Span]:
    patterns = [
        _DATA_URI,
        _DUMP_LINE,
        _REPEATED,
        *REGULAR,
        *(found for mark, found in _ESCAPES.items() if mark in text),
    ]
    if text.count(".") >= _MIN_FIGURES:
        patterns.append(_FIGURES)
    for pattern in patterns:
        yield from (match.span() for match in pattern.finditer(text))
    for match in _BYTES.finditer(text):
        if re.search("[A-Fa-f]", match.group()):  # otherwise they may be figures
            start = match.start()
            yield (start - 2 if text[max(0, start - 2) : start] in ("0x", "\\x") else start), match.end()


def _stretches(text: str) -> Iterator[Span]:
    """Yield where base85, escaped text, long queries of addresses and the paths of drawings stand."""
    for match in _DATA_TEXT.finditer(text):
        yield match.span(1)
    for match in _QUERY.finditer(text):
        if match[0].count("=") > 2:
            yield match.span()
    for match in _STRETCH.finditer(text):
        if is_escaped(match[0]) or is_base85(match[0]):
            yield match.span()
    for match in _DRAWING.finditer(text):
        if is_path(match[0]):
            yield match.span()


def _random_tokens(text: str) -> Iterator[Span]:
    """Yield where base64, hashes and the like stand."""
    for match in _TOKEN.finditer(text):
        if _is_random(match.group()):
            yield match.span()


def _is_random(token: str) -> bool:
    """Return whether a token looks like data: with digits and changes of case all over, or far too long for a word."""
    if _UUID.fullmatch(token):
        return False
    if _SEGMENT.search(token):
        return True
    return sum(map(str.isdigit, token)) >= 2 and len(_CHANGES.findall(token)) >= len(token) / 4


def _minified_code(text: str) -> Iterator[Span]:
    """Yield the stretches of long lines between their first and last long token that have few spaces and many signs."""
    start = 0
    for line in text.split("\n"):
        if len(line) >= MINIFIED_STATEMENTS and (tokens := list(_LONG_TOKEN.finditer(line))):
            begin, end = tokens[0].start(), tokens[-1].end()
            code = line[begin:end]
            dense = len(code.split()) < len(code) / 10
            long = len(code) >= MINIFIED_LINE or (len(code) >= MINIFIED_STATEMENTS and code.count(";") > len(code) / 60)
            if long and dense and len(_CODE_SIGN.findall(code)) > len(code) / 25:
                yield start + begin, start + end
        start += len(line) + 1
