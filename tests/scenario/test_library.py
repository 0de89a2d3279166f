"""The stories in examples/scenarios hold, each in a home of its own."""

import re
import textwrap
from pathlib import Path

import pytest

from carrel.scenario.files.load import find, load
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


def test_what_the_page_shows(tmp_path: Path) -> None:
    """The story on docs/scenarios.md is one, and comes out as it says there; so does the piece of a turn."""
    page = (FOLDER.parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    whole, piece = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    path = tmp_path / "allergy.scenario.yaml"
    path.write_text(whole, encoding="utf-8")
    first, *rest = told(run(load(path), Plan()))
    assert (first.partition("  (")[0], rest) == ("PASS  an allergy is remembered", [])
    assert "PASS  an allergy is remembered  (2 turns, 5 held, " in page
    assert "(2 turns, 5 held, " in first
    setup = "setup: {core: {human: Bonn}, archival: [Ada lives in Bonn.]}\nagent: {embedder: none}\n"
    head = f"schema: carrel/scenario@1\nname: x\n{setup}sessions:\n- turns:\n"
    path.write_text(head + textwrap.indent(piece, "  "), encoding="utf-8")
    assert run(load(path), Plan()).outcome == "passed"
