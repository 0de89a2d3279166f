"""Loading a scenario file: its values, variables, ids and the files that belong to it."""

from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.scenario.files.load import load
from tests.scenario.builders import EXAMPLE


def test_values_are_read(tmp_path: Path) -> None:
    """Texts remain texts, durations and times are parsed, variables expanded, and sessions get their ids."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(EXAMPLE)
    source = load(path, {"WHICH": "gpt-9"})
    scenario = source.scenario
    assert scenario.sessions[0].turns[0].user == "yes"
    assert [session.id for session in scenario.sessions] == ["s1", "s2"]
    assert scenario.sessions[1].advance.days == 21
    assert scenario.clock.start.isoformat() == "2026-01-05T09:00:00+01:00"
    assert (scenario.agent.model, load(path, {}).scenario.agent.model) == ("gpt-9", "offline")
    assert source.line("sessions", 1, "turns", 0, "expect", 0) == 16
    assert (source.slug, source.cassette) == ("x", tmp_path / "x.cassette.jsonl")


@pytest.mark.parametrize("content", [b"", b"- a list", b"\xff\xfe", b"a: &a [*a]\nschema: carrel/scenario@1", b"a: *b"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file, a list, a file that is not UTF-8, and an alias within its own value are refused by name."""
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"x\.yaml"):
        load(path)
