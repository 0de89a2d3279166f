"""Read a file's text, or say in one sentence why not."""

from pathlib import Path

from carrel.errors import BadFile

MAX_BYTES = 1_000_000_000


def check_file(path: Path) -> None:
    """Raise BadFile where a path is no regular file, or one over 1 GB."""
    try:
        if not path.is_file():
            state = "is not a regular file" if path.exists() else "does not exist"
            raise BadFile(f"'{path}' {state}.", "Check the path.")
        if path.stat().st_size > MAX_BYTES:
            raise BadFile(f"'{path}' is larger than 1 GB.", "Split it.")
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check the path.") from None


def read_text(path: Path) -> str:
    """Return a regular file's text. Raise BadFile where it is missing, unreadable, not UTF-8 or over 1 GB."""
    check_file(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check its permissions.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(f"'{path}', line {line}: not valid UTF-8.", "Convert the file to UTF-8.") from None
