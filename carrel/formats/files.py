"""Read files, and report what is wrong with one in a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from carrel.errors import BadFile

MAX_BYTES = 1_000_000_000


def check_file(path: Path) -> None:
    """Raise BadFile if a path is not a regular file, or one over 1 GB."""
    try:
        if not path.is_file():
            state = "is not a regular file" if path.exists() else "does not exist"
            raise BadFile(f"'{path}' {state}.", "Check the path.")
        if path.stat().st_size > MAX_BYTES:
            raise BadFile(f"'{path}' is larger than 1 GB.", "Split it.")
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check the path.") from None


def read_text(path: Path) -> str:
    """Return a regular file's text. Raise BadFile if it is missing, unreadable, not Unicode or over 1 GB."""
    check_file(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check its permissions.") from None
    return decode_text(content, f"'{path}'")


def decode_text(content: bytes, subject: str) -> str:
    """Return a text in UTF-8, or in UTF-16 with a byte order mark. Raise BadFile, which begins with the subject."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(f"{subject}, line {line}: not valid UTF-8.", "Convert the file to UTF-8.") from None


def read_json(path: Path, subject: str, hint: str) -> Any:
    """Return the value in a JSON file. Raise BadFile, which begins with the subject, if it is not JSON."""
    return parse_json(read_text(path), subject, hint)


def read_json_lines(path: Path, hint: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the object of each line that is not blank. Raise BadFile at the first that is not an object.

    Only a line feed ends a line; other separators may occur in a JSON string.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            place = f"'{path}', line {number}"
            value = parse_json(line, place, hint)
            if not isinstance(value, dict):
                raise BadFile(f"{place}: not an object.", hint)
            yield place, value


def parse_json(text: str, subject: str, hint: str) -> Any:
    """Return the value of a JSON text. Raise BadFile, which begins with the subject, if it is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadFile(f"{subject}: not JSON ({error}).", hint) from None
    except RecursionError:  # json.loads calls itself for every level
        raise BadFile(f"{subject}: not JSON that can be read (nested too deeply).", hint) from None
