"""Split a text into its sentences. Pure."""

import re

_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|\.(?=\w)|\.(?=\.))+[.!?。！？…\"”»』」)]*")
_UNFINISHED = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|z\.b|d\.h|u\.a|bzw|ca|nr|sr|sra|mme|mlle|a\.m|p\.m|no|vol)"
    r"|\b[A-Z]|\b\d{1,2})\.$",
    re.IGNORECASE,
)
"""What a full stop may stand behind without ending a sentence."""
_MONTH = re.compile(
    r"\d|(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b", re.IGNORECASE
)
"""What an ordinal such as "3." stands before."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, trimmed; "Dr. Lee" and "am 3. Mai" hold none of their own."""
    found: list[str] = []
    for match in _SENTENCE.finditer(text):
        piece = match.group().strip()
        if not piece:
            continue
        if found and _belongs(found[-1], piece) and text[: match.start()].endswith(found[-1][-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found


def _belongs(before: str, piece: str) -> bool:
    """Return whether a piece goes on with the sentence before it."""
    match = _UNFINISHED.search(before)
    if not match:
        return False
    if match.group()[0].isdigit():
        return bool(_MONTH.match(piece))
    return True


def plain(sentence: str) -> str:
    """Return a sentence without its last mark."""
    return sentence.strip().rstrip(".!?。！？… ").strip()
