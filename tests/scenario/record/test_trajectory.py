"""The trajectory file."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.errors import BadFile
from carrel.scenario.files.scenario import TurnSpec
from carrel.scenario.record.trajectory import SCHEMA, failed_unexpectedly, read_trajectory, write_trajectory

TOOLS = [{"name": "archival_search", "description": "查找"}, {"name": "archival_insert", "description": "存"}]
requests = st.builds(
    lambda tools, text: {"tools": tools, "messages": [{"role": "user", "content": text}]},
    st.sampled_from([[], TOOLS[:1], TOOLS]),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(requests, max_size=3), max_size=4))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, turns: list[list[dict[str, Any]]]) -> None:
    """Records are read back as written; each distinct list of tools is in the file once."""
    path = tmp_path_factory.mktemp("out") / "run" / "trajectory.jsonl"
    records: list[dict[str, Any]] = [{"type": "story", "schema": SCHEMA}]
    records += [{"type": "turn", "asked": asked} if asked else {"type": "check"} for asked in turns]
    write_trajectory(path, records)
    assert read_trajectory(path) == records
    distinct = {len(request["tools"]) for asked in turns for request in asked}
    assert path.read_text(encoding="utf-8").count('"type":"tools"') == len(distinct)


@pytest.mark.parametrize("content", ["", "{}\n", "[1]\n", '{"schema": "carrel/trajectory@1"', '{"type": "turn"}\n'])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    """A file of another kind is refused by name."""
    path = tmp_path / "trajectory.jsonl"
    path.write_text(content)
    with pytest.raises(BadFile, match=r"trajectory\.jsonl"):
        read_trajectory(path)


def test_unexpected_failures() -> None:
    """A turn fails unexpectedly if it has an error and no expectation of one."""
    plain, expecting = TurnSpec(user="Hi."), TurnSpec.model_validate({"user": "Hi.", "expect": {"error": "x"}})
    error = {"error": {"code": "model_failed", "message": "x"}}
    assert [failed_unexpectedly(record, plain) for record in ({}, {"error": None}, error)] == [False, False, True]
    assert not failed_unexpectedly(error, expecting)
