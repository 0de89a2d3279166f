"""Search the bytes of a home's files for a text: proof that something was forgotten, or was not."""

from collections.abc import Iterable
from pathlib import Path

CHUNK_BYTES = 1 << 22
"""How much is read at once."""


def find_files_with(home: Path, text: str) -> list[str]:
    """Return the files below a home whose bytes contain a text in UTF-8, in upper or lower case."""
    spellings = {text, text.lower(), text.upper(), text.title()}
    wanted = {spelling.encode() for spelling in spellings}
    return sorted(str(path.relative_to(home)) for path in _files(home) if _contains(path, wanted))


def _files(home: Path) -> Iterable[Path]:
    return (path for path in home.rglob("*") if path.is_file() and path.suffix != ".onnx")


def _contains(path: Path, wanted: set[bytes]) -> bool:
    longest = max(map(len, wanted))
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            window = tail + chunk
            lowered = window.lower()
            if any(spelling in window or spelling in lowered for spelling in wanted):
                return True
            tail = window[-longest:]
    return False
