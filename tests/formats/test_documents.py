"""Text and Markdown documents."""

from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.formats import documents


def test_a_document_has_passages(tmp_path: Path) -> None:
    """A document with words is split into passages; an empty one is refused, since there is nothing to import."""
    path = tmp_path / "a.md"
    path.write_text("# 茶\n\nIs good.", encoding="utf-8")
    assert documents.read(path) == ["# 茶\n\nIs good."]
    path.write_text(" \n\n", encoding="utf-8")
    with pytest.raises(BadFile, match="is empty"):
        documents.read(path)
