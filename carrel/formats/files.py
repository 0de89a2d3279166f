"""Read a file's text, or say in one sentence why not."""

from pathlib import Path

from carrel.errors import BadFile

MAX_BYTES = 1_000_000_000


def read_text(path: Path) -> str:
    """Return a regular file's text. Raise BadFile where it is missing, unreadable, not UTF-8 or over 1 GB."""
    if not path.is_file():
        state = "is not a regular file" if path.exists() else "does not exist"
        raise BadFile(f"'{path}' {state}.", "Check the path.")
    if path.stat().st_size > MAX_BYTES:
        raise BadFile(f"'{path}' is larger than 1 GB.", "Split it.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadFile(f"'{path}', line {line}: not valid UTF-8.", "Convert the file to UTF-8.") from None
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check its permissions.") from None
