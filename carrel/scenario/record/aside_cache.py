"""Keep the records of aside turns in a file as they come, so that an interrupted run resumes where it stopped."""

import json
from pathlib import Path

from carrel.formats.files import read_text
from carrel.messages import canonical
from carrel.scenario.record.trajectory import Record

FILE_NAME = "answers.jsonl"


class AsideCache(dict[str, Record]):
    """Records of aside turns by their key; each new one is appended to the file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._read: set[str] = set()
        for text in read_text(path).split("\n") if path.is_file() else ():
            try:
                line = json.loads(text)
            except ValueError:  # the last line of a run that was killed
                continue
            super().__setitem__(line["key"], line["record"])
        self._from_earlier_run = frozenset(self)

    def __getitem__(self, key: str) -> Record:
        self._read.add(key)
        return super().__getitem__(key)

    @property
    def reused(self) -> int:
        """The number of records of an earlier run that this one has read."""
        return len(self._read & self._from_earlier_run)

    def __setitem__(self, key: str, record: Record) -> None:
        super().__setitem__(key, record)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(canonical({"key": key, "record": record}) + "\n")
