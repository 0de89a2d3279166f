"""The judging models of a run."""

from pathlib import Path

import pytest

from carrel.scenario.grade.judge_models import LANE, JudgeModels
from carrel.scenario.record.cassette import Cassette, CassetteWriter
from carrel.scenario.record.recording import RecordingModel


def test_without_a_name_there_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is connected once; without a name and a default there is none, and the offline model judges nothing."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    judges = JudgeModels("strict")
    strict = judges()
    assert strict is judges("strict")
    assert strict is not None
    assert (strict.name, getattr(judges("kind"), "name", None)) == ("strict", "kind")
    assert (JudgeModels()(), JudgeModels()("offline")) == (None, None)
    judges.close()


def test_a_judge_is_recorded_and_replayed_in_a_lane_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cassette that has no judge's lane judges nothing by itself."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    writer = CassetteWriter("m")
    assert isinstance(JudgeModels("strict", writer)(), RecordingModel)
    path = tmp_path / "x.cassette.jsonl"
    writer.save(path)
    cassette = Cassette(path)
    assert not cassette.has_lane(LANE)
    assert JudgeModels(cassette=cassette)() is None
