"""The shapes of data that is no prose: sequences, identifiers, dumps and encodings. Pure."""

import re

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

REGULAR = (
    re.compile(rf"(?:[\"'{{]?{_UUID}[\"'}}]?[\s,;]*){{8,}}"),
    re.compile(r"\b[ACGTUN]{50,}\b|\b[acgtun]{50,}\b"),  # a genome
    re.compile(r"(?:\b[acgtnACGTN]{10}\b\s+){5,}"),  # the same in groups
    re.compile(r"\b[A-Z]{50,}\b"),  # a protein
    re.compile(r"(?:=[0-9A-F]{2}|=\r?\n){30,}"),  # quoted-printable
    re.compile(r"(?:\\[0-3][0-7]{2}){30,}"),  # octal escapes
    re.compile(r"(?:\b[01]{8}\b\s*){16,}"),
    re.compile(r"(?:^M[ -`]{60}\n){3,}", re.MULTILINE),  # uuencode
)
"""Data in which each piece looks like the one before."""

_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_MIN_ESCAPES = 20
_KINDS = re.compile(r"(?<=[a-z])[^a-z]|(?<=[A-Z])[^A-Z]|(?<=[0-9])[^0-9]|(?<=[^A-Za-z0-9])[A-Za-z0-9]")
"""Changes between small letters, capitals, digits and signs."""
_COMMAND = re.compile("[A-Za-z]")


def is_escaped(stretch: str) -> bool:
    """Tell whether a quarter of a stretch without white space are escaped bytes, as in `%E4%BD%A0`."""
    escapes = len(_ESCAPE.findall(stretch))
    return escapes >= _MIN_ESCAPES and escapes * 3 >= len(stretch) / 4


def is_base85(stretch: str) -> bool:
    """Tell whether capitals, small letters, digits and signs stand in a stretch as if thrown by dice."""
    size = len(stretch)
    capitals = sum(map(str.isupper, stretch)) / size
    small = sum(map(str.islower, stretch)) / size
    digits = sum(map(str.isdigit, stretch)) / size
    signs = re.sub("[A-Za-z0-9]", "", stretch)
    mixed = capitals > 0.12 and small > 0.12 and digits > 0.04 and len(signs) > size * 0.1 and len(set(signs)) >= 7
    return mixed and len(_KINDS.findall(stretch)) >= size * 0.45


def is_path(stretch: str) -> bool:
    """Tell whether a stretch of figures and single letters is the path of a drawing, as in SVG."""
    return len(_COMMAND.findall(stretch)) >= 4 and sum(map(str.isdigit, stretch)) >= len(stretch) * 0.3
