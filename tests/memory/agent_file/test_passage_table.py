"""The table of passages: one line each, and nothing that a spreadsheet would run."""

import csv
import io
import json
from pathlib import Path

import pytest

from carrel.memory.agent_file.passage_table import COLUMNS, to_csv


def test_table(exported: Path) -> None:
    """Each passage is a row, with its state and its successor."""
    records = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    rows = list(csv.DictReader(io.StringIO("".join(to_csv(records)))))
    passages = [record for record in records if record["kind"] == "passage"]
    assert [row["id"] for row in rows] == [passage["id"] for passage in passages]
    [moved] = [row for row in rows if row["text"] == "Lives in Rome."]
    assert (moved["tags"], moved["state"], moved["source"]) == ("home 城市", "superseded", "https://example.org")
    assert moved["successor"] in {row["id"] for row in rows}
    assert tuple(rows[0]) == COLUMNS


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_formulas(text: str) -> None:
    """What a spreadsheet would take for a formula is a text."""
    lines = list(to_csv([{"kind": "passage", "id": "p-1", "text": text, "tags": [text], "at": "a"}]))
    [row] = csv.DictReader(io.StringIO("".join(lines)))
    assert (row["text"], row["tags"]) == (f"'{text}", f"'{text}")


def test_lines_and_commas() -> None:
    """Line breaks, commas and quotes stay in their cell."""
    text = 'a,"b"\nc'
    lines = list(to_csv([{"kind": "passage", "id": "p-1", "text": text, "tags": [], "at": "a"}]))
    [row] = csv.DictReader(io.StringIO("".join(lines)))
    assert row["text"] == text
