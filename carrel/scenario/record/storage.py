"""Look for a text in the bytes of a home: the proof that something was forgotten, or was not."""

from collections.abc import Iterable
from pathlib import Path

CHUNK = 1 << 22
"""Bytes read at once."""


def files_with(home: Path, text: str) -> list[str]:
    """Return the files below a home whose bytes hold a text in UTF-8, whatever the case of its letters."""
    wanted = {form.encode() for form in (text, text.lower(), text.upper(), text.title())} | {text.lower().encode()}
    return sorted(str(path.relative_to(home)) for path in _files(home) if _holds(path, wanted))


def _files(home: Path) -> Iterable[Path]:
    return (path for path in home.rglob("*") if path.is_file() and path.suffix != ".onnx")


def _holds(path: Path, wanted: set[bytes]) -> bool:
    longest = max(map(len, wanted))
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            window = tail + chunk
            lowered = window.lower()
            if any(form in window or form in lowered for form in wanted):
                return True
            tail = window[-longest:]
    return False
