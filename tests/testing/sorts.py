"""What real servers say of requests that they refuse, in words that people reported, and what it means."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from carrel.models.chat.server.failures.failure import Kind


@dataclass(frozen=True)
class Sort:
    """A row of sorts.tsv: the status, the codes and the words of an error, and its kind."""

    status: int
    codes: tuple[str, ...]
    kind: Kind
    words: str

    def __str__(self) -> str:
        return f"{self.status}-{'-'.join(self.codes)}-{self.kind}-{self.words}"


def _rows() -> list[Sort]:
    lines = Path(__file__).with_name("sorts.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return [Sort(int(status), tuple(codes.split()), cast(Kind, kind), words) for status, codes, kind, words in rows]


SORTS = _rows()
