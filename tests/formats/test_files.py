"""Files as they come: missing, foreign, not text; and how their format is told."""

import os
from pathlib import Path

import pytest

from carrel.errors import BadFile, UsageError
from carrel.formats import FORMATS, format_of, read_conversation, read_document
from carrel.formats.files import check_file, read_text


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.jsonl", "jsonl"), ("a.TXT", "text"), ("a.text", "text"), ("a.md", "markdown"), ("a.Markdown", "markdown")],
)
def test_the_suffix_tells_the_format(name: str, form: str) -> None:
    """Known suffixes in any case; a format that is given wins over the suffix."""
    assert format_of(Path(name), None) == form
    assert format_of(Path(name), "locomo") == "locomo"


@pytest.mark.parametrize(("name", "given"), [("a.json", None), ("a", None), ("a.jsonl", "docx"), ("a.jsonl", "JSONL")])
def test_an_unknown_format_lists_the_known_ones(name: str, given: str | None) -> None:
    """The hint names every format that could be said."""
    with pytest.raises(UsageError) as caught:
        format_of(Path(name), given)
    assert all(form in caught.value.hint for form in FORMATS)


def test_what_is_no_readable_file_is_told_apart(tmp_path: Path) -> None:
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
    """UTF-8 with or without a mark is the same text; other encodings are refused with the line."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf\xe8\x8c\xb6\n")
    assert read_text(path) == "茶\n"
    path.write_bytes("one\ntwo\ncafé".encode("latin-1"))
    with pytest.raises(BadFile, match="line 3: not valid UTF-8"):
        read_text(path)
    path.write_bytes("tea".encode("utf-16"))
    with pytest.raises(BadFile, match="line 1: not valid UTF-8"):
        read_text(path)


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    """Importing nothing is a mistake that is told; a document with words gives passages."""
    path = tmp_path / "a.md"
    path.write_text(" \n\n", encoding="utf-8")
    with pytest.raises(BadFile, match="is empty"):
        read_document(path)
    path.write_text("# Tea\n\nIs good.", encoding="utf-8")
    assert list(read_document(path)) == ["# Tea\n\nIs good."]


def test_a_conversation_is_read_by_its_formats_reader(tmp_path: Path) -> None:
    """The name of a format chooses its reader."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"role": "user", "text": "Hello"}', encoding="utf-8")
    assert read_conversation(path, "jsonl")[0].text == "Hello"
    with pytest.raises(BadFile, match="LoCoMo"):
        read_conversation(path, "locomo")
