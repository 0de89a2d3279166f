"""Checksums tell whether any file of a closed index has changed."""

import json
import os
from pathlib import Path

import pytest

from carrel.memory.indexing.chroma.checksums import checksums, compare, flush_files


def test_each_file_has_its_size_and_checksum(tmp_path: Path) -> None:
    """Files in folders are named by their path; the marker of an open index does not count."""
    (tmp_path / "段").mkdir()
    (tmp_path / "段" / "data.bin").write_bytes(b"abc")
    (tmp_path / "empty").touch()
    (tmp_path / "open").touch()
    assert json.loads(checksums(tmp_path)) == {
        "empty": [0, "cae66941d9efbd404e4d88758ea67670"],
        "段/data.bin": [3, "cf4ab791c62b8d2b2109c90275287816"],
    }


def test_every_change_shows(tmp_path: Path) -> None:
    """Another byte, another length, a file more and a file less all give other checksums."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"abc")
    found = {checksums(tmp_path)}
    for content in (b"abd", b"ab", b""):
        first.write_bytes(content)
        found.add(checksums(tmp_path))
    second.touch()
    found.add(checksums(tmp_path))
    first.unlink()
    second.unlink()
    found.add(checksums(tmp_path))
    assert len(found) == 6


def test_flushing_changes_nothing(tmp_path: Path) -> None:
    """Files and their folder are flushed as they are; a folder that is gone raises OSError."""
    (tmp_path / "a").write_bytes(b"abc")
    before = checksums(tmp_path)
    flush_files(tmp_path)
    assert checksums(tmp_path) == before
    with pytest.raises(OSError, match=os.strerror(2)):
        flush_files(tmp_path / "gone")


def test_a_file_that_came_is_no_damage(tmp_path: Path) -> None:
    """Unchanged is True, changed or gone is False, and what nobody knows, since another file came, is None."""
    first, second = tmp_path / "a", tmp_path / ".DS_Store"
    first.write_bytes(b"abc")
    known = checksums(tmp_path)
    assert compare(known, checksums(tmp_path)) is True
    second.touch()
    assert compare(known, checksums(tmp_path)) is None
    first.write_bytes(b"abd")
    assert compare(known, checksums(tmp_path)) is False
    first.unlink()
    assert compare(known, checksums(tmp_path)) is False
