"""Searching the bytes of a home's files."""

from pathlib import Path

import pytest

from carrel.scenario.record import file_search
from carrel.scenario.record.file_search import find_files_with


def test_files_are_found_by_their_bytes(tmp_path: Path) -> None:
    """In any file but a model, in upper or lower case, in Chinese too; paths are relative to the home."""
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "a.bin").write_bytes(b"\x00\xffkeeps BEES\x00")
    (tmp_path / "b.db").write_bytes("李小雨对花生过敏".encode())
    (tmp_path / "model.onnx").write_bytes(b"bees")
    assert find_files_with(tmp_path, "Bees") == ["index/a.bin"]
    assert find_files_with(tmp_path, "花生") == ["b.db"]
    assert find_files_with(tmp_path, "wasps") == []


@pytest.mark.parametrize("before", range(10))
def test_a_text_may_lie_across_two_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    """Wherever the border between two reads falls, the text is found."""
    monkeypatch.setattr(file_search, "CHUNK_BYTES", 8)
    (tmp_path / "a").write_bytes(b"." * before + b"peanuts" + b".")
    assert find_files_with(tmp_path, "Peanuts") == ["a"]
