"""Reading files: missing, not regular, not UTF-8, not JSON."""

import os
from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.formats.files import check_file, read_json, read_json_lines, read_text


def test_unreadable_files_are_told_apart(tmp_path: Path) -> None:
    """Missing, a directory, a pipe that would never end, a name too long: each is refused before it is read."""
    os.mkfifo(tmp_path / "pipe")
    for path, state in (
        (tmp_path / "none", "does not exist"),
        (tmp_path, "is not a regular file"),
        (tmp_path / "pipe", "is not a regular file"),
        (tmp_path / ("x" * 5000), "cannot be read"),
    ):
        for read in (read_text, check_file):
            with pytest.raises(BadFile) as caught:
                read(path)
            assert state in caught.value.message


def test_text_comes_without_its_byte_order_mark(tmp_path: Path) -> None:
    """UTF-8, and UTF-16 with a mark, are the same text with or without it; others are refused with the line."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf\xe8\x8c\xb6\n")
    assert read_text(path) == "茶\n"
    path.write_bytes("one\ntwo\ncafé".encode("latin-1"))
    with pytest.raises(BadFile, match="line 3: not valid UTF-8"):
        read_text(path)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = "" if encoding == "utf-16" else "\ufeff"
        path.write_bytes(f"{mark}茶\n".encode(encoding))
        assert read_text(path) == "茶\n"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "{'a': 1}"])
def test_invalid_json_is_refused(tmp_path: Path, text: str) -> None:
    """Broken and endlessly nested JSON are refused in one sentence that begins with the subject."""
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        read_json(path, "The export", "Nothing was imported.")
    assert caught.value.message.startswith("The export: not JSON")
    assert caught.value.hint == "Nothing was imported."


def test_json_lines_come_with_their_places(tmp_path: Path) -> None:
    """Blank lines are skipped but counted; a line that is not an object is refused with its number."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "茶"}\n\n \n{}\n', encoding="utf-8")
    assert list(read_json_lines(path, "")) == [(f"'{path}', line 1", {"a": "茶"}), (f"'{path}', line 4", {})]
    path.write_text("{}\n[1]\n", encoding="utf-8")
    with pytest.raises(BadFile, match="line 2: not an object"):
        list(read_json_lines(path, ""))
