"""The lines of an agent's file: records as text, the checksum over them, and the line that ends the file."""

import hashlib
import json
import re
from collections import Counter
from typing import Any, BinaryIO

from carrel.keys import mask_keys
from carrel.memory.agent_file.kinds import Record
from carrel.text import clean_text

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of writing around; they are written as escapes, so that the file can be shown."""


class LineWriter:
    """Writes records as lines of JSON. What looks like an API key is masked."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.counts: Counter[str] = Counter()
        self.masked = 0
        """The number of lines in which a key was masked."""

    def write(self, record: Record) -> None:
        """Write one line."""
        text = to_line(record)
        masked = mask_keys(text)
        self.masked += masked != text
        self._put(masked)
        self.counts[record["kind"]] += 1

    def end(self) -> None:
        """Write the line that ends the file: how many lines are before it, and their checksum."""
        end = {"kind": "end", "lines": self.counts.total(), "sha256": self._digest.hexdigest()}
        self._put(to_line(end))

    def _put(self, line: str) -> None:
        data = f"{line}\n".encode()
        self._digest.update(data)
        self._stream.write(data)


def to_line(record: Record) -> str:
    """Return a record as one line of JSON; fields without a value are left out."""
    text = json.dumps({name: value for name, value in record.items() if value is not None}, ensure_ascii=False)
    return text if text.isascii() else _BIDI.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def parse_line(line: bytes) -> Record:
    """Return the record of a line, its texts clean. Raise ValueError with what is wrong."""
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
        if not isinstance(record, dict):
            raise ValueError("it is not an object")
        cleaned: Record = clean(record)
        return cleaned
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg})") from None
    except RecursionError:  # json.loads calls itself for every level
        raise ValueError("it is nested too deeply") from None


def clean(value: Any) -> Any:
    """Return a JSON value with every text in it clean."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else clean_text(value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def hash_part(body: str) -> str:
    """Return the hash by which a step refers to a part of its request."""
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"it contains {name}")
