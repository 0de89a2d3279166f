"""Grading saved runs again."""

from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.scenario.regrade import regrade
from carrel.scenario.run import SUMMARY_FILE
from tests.scenario.builders import run, scenario, write

CAT = {"user": "I have a cat.", "expect": [{"core.human": "cat"}, {"latency": {"lt": 60}}]}


def test_the_same_file_gives_the_same_result(tmp_path: Path) -> None:
    """Verdicts, turns and times are those of the run."""
    result = run(tmp_path, scenario(CAT), out=tmp_path / "out")
    (again,) = regrade(tmp_path / "out", lambda name: None)
    assert (again.verdicts, again.turns, again.slug) == (result.verdicts, 1, "test")
    assert again.seconds == round(result.seconds, 3)


def test_the_present_file_decides(tmp_path: Path) -> None:
    """Expectations come from the file as it is now, from the trajectory if it is gone; other turns do not fit."""
    run(tmp_path, scenario(CAT), out=tmp_path / "out")
    path = write(tmp_path / "test.scenario.yaml", scenario({**CAT, "expect": {"core.human": "dog"}}))
    assert [result.outcome for result in regrade(tmp_path / "out", lambda name: None)] == ["failed"]
    write(path, {**scenario(CAT), "sessions": [{"id": "s1", "messages": [{"text": "Hi."}]}]})
    with pytest.raises(BadFile, match=r"does not fit .* run it again"):
        list(regrade(tmp_path / "out", lambda name: None))
    path.write_text("schema: carrel/scenario@1\n")
    with pytest.raises(BadFile, match="Nothing was graded"):
        list(regrade(tmp_path / "out", lambda name: None))
    path.unlink()
    assert [result.outcome for result in regrade(tmp_path / "out", lambda name: None)] == ["passed"]


def test_without_a_summary(tmp_path: Path) -> None:
    """A trajectory alone is graded by the expectations saved in it; times are unknown, so latency is skipped."""
    run(tmp_path, scenario(CAT), out=tmp_path / "out")
    (tmp_path / "out" / "test" / SUMMARY_FILE).write_text("{")
    (result,) = regrade(tmp_path / "out", lambda name: None)
    assert [verdict.outcome for verdict in result.verdicts] == ["passed", "skipped"]


def test_nothing_to_grade(tmp_path: Path) -> None:
    """A folder without a trajectory is an error that says how to write one."""
    with pytest.raises(BadFile, match=r"contains no trajectory\. Write some: carrel run FILE --out DIR"):
        list(regrade(tmp_path, lambda name: None))
