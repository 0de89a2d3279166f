"""Several runs in this process; `carrel run --jobs` is tested with the command."""

from pathlib import Path

from carrel.scenario.run import RunOptions
from carrel.scenario.suite import run_all
from tests.scenario.builders import scenario, write_and_load


def test_each_scenario_runs_as_often_as_asked(tmp_path: Path) -> None:
    """In order, with ids of its own in each repetition, and progress for each turn."""
    sources = [write_and_load(tmp_path, scenario("Hi.", name=name), name) for name in ("one", "two")]
    progress: list[tuple[str, str]] = []
    results = list(
        run_all(
            sources,
            RunOptions(repeat=2, out=tmp_path / "out"),
            on_progress=lambda source, place: progress.append((source.slug, place)),
        )
    )
    assert [(result.name, result.repetition) for result in results] == [("one", 1), ("one", 2), ("two", 1), ("two", 2)]
    assert progress == [("one", "s1:1")] * 2 + [("two", "s1:1")] * 2
    first, second = ((tmp_path / "out" / f"one-{n}" / "trajectory.jsonl").read_bytes() for n in (1, 2))
    assert first != second
