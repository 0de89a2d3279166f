"""The scenarios in examples/scenarios pass, each in a home of its own."""

import re
import textwrap
from pathlib import Path

import pytest

from carrel.scenario.files.load import load
from carrel.scenario.files.sources import find_files
from carrel.scenario.report import format_result
from carrel.scenario.run import RunOptions, run_scenario

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "examples" / "scenarios"
FILES = find_files([FOLDER])


@pytest.mark.parametrize("path", FILES, ids=[path.name.partition(".")[0] for path in FILES])
def test_example(path: Path) -> None:
    """Every expectation passes, and there are some."""
    result = run_scenario(load(path), RunOptions())
    assert result.outcome == "passed", "\n".join(format_result(result))
    assert result.count("passed") >= 4
    assert result.count("skipped") == 0


def test_every_promised_example_exists() -> None:
    """Each promised scenario is there, in a file of its own."""
    promised = "allergy document forgetting moved name-zh paste persona poisoned promise"
    assert sorted(path.name.partition(".")[0] for path in FILES) == promised.split()


def test_the_documented_example(tmp_path: Path) -> None:
    """The scenario on docs/scenarios.md passes with the report that is shown there; so does the turn shown below."""
    page = (FOLDER.parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    whole, piece = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    path = tmp_path / "allergy.scenario.yaml"
    path.write_text(whole, encoding="utf-8")
    first, *rest = format_result(run_scenario(load(path), RunOptions()))
    assert (first.partition("  (")[0], rest) == ("PASS  an allergy is remembered", [])
    assert "PASS  an allergy is remembered  (2 turns, 5 passed, " in page
    assert "(2 turns, 5 passed, " in first
    setup = "setup: {core: {human: Bonn}, archival: [Ada lives in Bonn.]}\nagent: {embedder: none}\n"
    head = f"schema: carrel/scenario@1\nname: x\n{setup}sessions:\n- turns:\n"
    path.write_text(head + textwrap.indent(piece, "  "), encoding="utf-8")
    assert run_scenario(load(path), RunOptions()).outcome == "passed"
