"""Read the texts in a file that may be a zip archive, as services deliver their exports."""

import re
import zipfile
from pathlib import Path

from carrel.errors import BadFile
from carrel.formats.files import MAX_BYTES, decode_text, read_text

BEGINNING = 65_536
"""Bytes from which a format is recognised."""
EXPORTED_FILES = re.compile(r"(?:^|/)(?:conversations(?:-\d+)?\.json|_chat\.txt|WhatsApp[^/]*\.txt)$")
"""The names under which the exports of ChatGPT, Claude and WhatsApp hold what was said."""


def read_texts(path: Path, names: re.Pattern[str] = EXPORTED_FILES) -> dict[str, str]:
    """Return the text of each file of an archive with such a name, by name; of another file its own.

    Raises:
        BadFile: the file cannot be read, or holds no file with such a name.
    """
    if not is_archive(path):
        return {path.name: read_text(path)}
    with _opened(path) as archive:
        members = [member for member in archive.infolist() if names.search(member.filename)]
        if not members:
            raise BadFile(f"Archive '{path}' holds no conversations.", "Unpack it, and import the files in it.")
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise BadFile(f"What archive '{path}' holds is larger than 1 GB.", "Unpack and split it.")
        members.sort(key=lambda member: member.filename)
        return {member.filename: _read(archive, member, path) for member in members}


def read_beginning(path: Path) -> str:
    """Return the beginning of a file's text, or of the first exported file in an archive; empty if it has none."""
    try:
        return _first_bytes(path).decode("utf-8-sig", "replace")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):  # said when it is read as a whole
        return ""


def is_archive(path: Path) -> bool:
    """Return whether a file is a zip archive."""
    return zipfile.is_zipfile(path)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"Archive '{path}' cannot be read: {error}.", "Download it again.") from None


def _first_bytes(path: Path) -> bytes:
    if not is_archive(path):
        with path.open("rb") as file:
            return file.read(BEGINNING)
    with zipfile.ZipFile(path) as archive:
        for name in sorted(filter(EXPORTED_FILES.search, archive.namelist())):
            with archive.open(name) as member:
                return member.read(BEGINNING)
    return b""


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> str:
    place = f"'{path}', file '{member.filename}'"
    try:
        content = archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise BadFile(f"{place} is damaged: {error}.", "Download the archive again.") from None
    except RuntimeError:  # what zipfile raises for a password
        raise BadFile(f"{place} is encrypted.", "Unpack it, and import the files in it.") from None
    return decode_text(content, place)
