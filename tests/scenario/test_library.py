"""The stories in examples/scenarios hold, each in a home of its own."""

from pathlib import Path

import pytest

from carrel.scenario.load import find, load
from carrel.scenario.report import told
from carrel.scenario.suite import Plan, run

FOLDER = Path(__file__).parents[2] / "examples" / "scenarios"
STORIES = find([FOLDER])


@pytest.mark.parametrize("path", STORIES, ids=[path.name.partition(".")[0] for path in STORIES])
def test_story(path: Path) -> None:
    """Every expectation of the story holds, and it has some."""
    result = run(load(path), Plan())
    assert result.outcome == "passed", "\n".join(told(result))
    assert result.count("passed") >= 4
    assert result.count("skipped") == 0


def test_what_the_library_tells() -> None:
    """The stories that were promised are there, in one file each."""
    promised = "allergy document forgetting moved name-zh paste persona poisoned promise"
    assert sorted(path.name.partition(".")[0] for path in STORIES) == promised.split()
