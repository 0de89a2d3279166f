"""Look for texts in every byte of a home's files, and remove lines from the files that are only logs."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from carrel.memory.phrases import Needles

CHUNK = 1 << 20
"""Bytes that are read at once."""

PACKED = frozenset({".zip", ".gz", ".xz", ".bz2", ".zst", ".7z", ".tgz", ".onnx", ".safetensors"})
"""Endings of files whose bytes are packed: a text in them would not be seen."""

OWN = ("carrel.db", "index", "models")
"""What holds the memory itself, and what cannot hold any."""

SETTINGS = frozenset({"config.toml", "credentials.toml", "capabilities.json"})
"""Files that Carrel needs, and that are named but never deleted as copies."""

_ENTRY = re.compile(r"^# .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan of a home looked at, and found."""

    files: int
    bytes: int
    found: dict[str, int]
    """How often the texts occur, by file; paths are relative to the home."""
    unseen: tuple[str, ...]
    """Packed files, into which the scan could not look."""
    named: tuple[str, ...] = ()
    """Files that have one of the texts in their names."""

    @property
    def is_found(self) -> bool:
        """Whether one of the texts stands in a file or in its name."""
        return bool(self.found or self.named)

    def to_json(self) -> dict[str, Any]:
        """Return the report by field."""
        names = {"unseen": list(self.unseen), "named": list(self.named)}
        return {"files": self.files, "bytes": self.bytes, "found": self.found, **names}


def scan(home: Path, texts: Iterable[str]) -> ScanReport:
    """Look for texts in each byte and each name of a file: as UTF-8, UTF-16, escaped in JSON or a URL, in any case."""
    texts = tuple(texts)
    patterns = sorted({pattern for text in texts for pattern in _encoded(text)})
    found: Counter[str] = Counter()
    unseen: list[str] = []
    named: list[str] = []
    size = number = 0
    for path in sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink()):
        name = path.relative_to(home).as_posix()
        number += 1
        size += path.stat().st_size
        found[name] += _count(path, patterns)
        if any(text.lower() in name.lower() for text in texts):
            named.append(name)
        if path.suffix in PACKED:
            unseen.append(name)
    return ScanReport(
        number, size, {name: times for name, times in found.items() if times}, tuple(unseen), tuple(named)
    )


def copies(home: Path, texts: Sequence[str], query: str = "") -> list[str]:
    """Return the files of a home that contain one of the texts, or are named so, besides the memory itself.

    The names are those that contain `query`: single words of the texts occur in any name.
    """
    found = scan(home, texts).found
    named = scan(home, [query]).named if query else ()
    return [name for name in dict.fromkeys([*found, *named]) if not name.split("/")[0].startswith(OWN)]


def clean_logs(home: Path, needles: Needles) -> int:
    """Remove what contains a needle from the history of the chat and from logs; return how many entries that was."""
    removed = 0
    history = home / "history"
    if history.is_file():
        removed += _rewrite(history, _history_entries(history.read_text(encoding="utf-8", errors="replace")), needles)
    for log in sorted((home / "logs").rglob("*")) if (home / "logs").is_dir() else ():
        if log.is_file():
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            removed += _rewrite(log, lines, needles)
    return removed


def _rewrite(path: Path, entries: Sequence[str], needles: Needles) -> int:
    kept = [entry for entry in entries if not needles.hit_json(_as_text(entry))]
    if len(kept) < len(entries):
        path.write_text("".join(kept), encoding="utf-8")
    return len(entries) - len(kept)


def _as_text(entry: str) -> str:
    """Return an entry of the chat's history as it was typed; each of its lines begins with a plus."""
    return "\n".join(line.removeprefix("+") for line in entry.splitlines())


def _history_entries(text: str) -> list[str]:
    starts = [match.start() for match in _ENTRY.finditer(text)]
    bounds = [0, *starts, len(text)]
    return [text[start:end] for start, end in pairwise(bounds)]


def _encoded(text: str) -> Iterator[bytes]:
    for form in {text, text.lower(), text.upper(), text.capitalize(), text.title()}:
        plain = (form.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
        for encoded in (*plain, _escaped(form), quote(form).encode(), quote_plus(form).encode()):
            yield encoded.lower()


def _escaped(text: str) -> bytes:
    return json.dumps(text)[1:-1].encode()


def _count(path: Path, patterns: Sequence[bytes]) -> int:
    """Return how often the patterns occur in a file, in any case."""
    overlap = max((len(pattern) for pattern in patterns), default=1) - 1
    total, rest = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            block = rest + chunk.lower()
            total += sum(block.count(pattern) - rest.count(pattern) for pattern in patterns)
            rest = block[-overlap:] if overlap else b""
    return total
