"""Archives: what is needed is read, and what is wrong with one is said."""

import zipfile
from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.formats import archive
from carrel.formats.archive import read_beginning, read_texts


def _pack(path: Path, **files: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "."), content)
    return path


def test_texts_by_name(tmp_path: Path) -> None:
    """Of an archive the files that hold what was said, whatever it is called; of another file its own text."""
    path = _pack(tmp_path / "x.bin", conversations__json="[1]", user__json="{}", chat__html="<p>")
    assert (read_texts(path), read_beginning(path)) == ({"conversations.json": "[1]"}, "[1]")
    plain = tmp_path / "conversations.json"
    plain.write_text("\ufeff[2]", encoding="utf-8")
    assert (read_texts(plain), read_beginning(plain)) == ({"conversations.json": "[2]"}, "[2]")
    assert read_beginning(tmp_path / "none") == ""


def test_a_text_of_windows(tmp_path: Path) -> None:
    """UTF-16 with its mark is read too."""
    path = tmp_path / "x.txt"
    path.write_text("好的", encoding="utf-16")
    assert read_texts(path) == {"x.txt": "好的"}


def test_archives_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One without conversations, a damaged one, one that is too large, one that is not Unicode: each has a sentence."""
    with pytest.raises(BadFile, match="holds no conversations"):
        read_texts(_pack(tmp_path / "a.zip", user__json="{}"))
    assert read_beginning(tmp_path / "a.zip") == ""
    with pytest.raises(BadFile, match=r"'conversations.json', line 1: not valid UTF-8"):
        read_texts(_pack(tmp_path / "b.zip", conversations__json=b"\xc3\x28"))
    damaged = _pack(tmp_path / "c.zip", conversations__json="[1, 2, 3]" * 100)
    content = bytearray(damaged.read_bytes())
    content[50:60] = bytes(10)
    damaged.write_bytes(content)
    with pytest.raises(BadFile, match=r"is damaged|cannot be read"):
        read_texts(damaged)
    read_beginning(damaged)
    cut = tmp_path / "d.zip"
    cut.write_bytes(_pack(tmp_path / "e.zip", conversations__json="[1]").read_bytes()[:-30])
    with pytest.raises(BadFile):
        read_texts(cut)
    monkeypatch.setattr(archive, "MAX_BYTES", 5)
    with pytest.raises(BadFile, match="larger than 1 GB"):
        read_texts(_pack(tmp_path / "f.zip", conversations__json="[1, 2]"))
