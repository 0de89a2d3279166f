"""A probe reads an index in a process of its own, and says nothing of what it cannot read."""

from pathlib import Path

import pytest

from carrel.memory.indexing.chroma.probe import probe


@pytest.mark.process
def test_probe_says_nothing_of_a_folder_that_is_no_index(tmp_path: Path) -> None:
    """A probe of noise answers None and raises nothing."""
    (tmp_path / "chroma.sqlite3").write_bytes(b"noise" * 5000)

    assert probe(tmp_path, {}) is None


def test_probe_refuses_torn_links_without_reading_them(tmp_path: Path) -> None:
    """A link file far larger than the vectors is a torn write; it is not opened at all."""
    segment = tmp_path / "segment"
    segment.mkdir()
    (segment / "data_level0.bin").write_bytes(b"1234")
    with (segment / "link_lists.bin").open("wb") as file:
        file.truncate(169_000_000_000)

    assert probe(tmp_path, {}) is None
