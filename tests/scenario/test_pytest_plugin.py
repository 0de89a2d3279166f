"""The pytest plugin, in a project of somebody else's: fixtures, and scenario files as tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenario.builders import scenario, write

pytestmark = pytest.mark.process

TESTS = """
import pytest
from carrel.models.chat.scripted import call, say

def test_allergy(carrel_agent, carrel_script, carrel_clock, carrel_model):
    carrel_script += [call("archival_insert", text="Ada is allergic to peanuts."), say("Noted.")]
    assert carrel_agent.session().send("I'm allergic to peanuts.").text == "Noted."
    carrel_clock.advance(days=30)
    carrel_script.append(say("Better not."))
    with carrel_agent.aside() as chat:
        answer = chat.send("May I eat peanuts?")
    assert "2026-02-04" in carrel_model.requests[-1].messages[-1].text
    assert "archival" in {hit.tier for hit in answer.retrieved}
    assert carrel_agent.counts.turns == 1

@pytest.fixture
def carrel_settings():
    return {"window": 3000}

def test_settings(carrel_client):
    assert carrel_client.config.settings.window == 3000
"""


def ran(folder: Path, *options: str) -> tuple[int, str]:
    """Run pytest in a folder with the plugin, and no other project's settings."""
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = [sys.executable, "-m", "pytest", "-p", "carrel.scenario.pytest_plugin", "-p", "no:cacheprovider", "-v"]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_fixtures_and_scenarios(tmp_path: Path) -> None:
    """Fixtures work as documented; a scenario passes, fails readably, or is skipped without its model."""
    (tmp_path / "test_own.py").write_text(TESTS)
    good = {"user": "I have a cat.", "expect": {"core.human": "cat"}}
    write(tmp_path / "good.scenario.yaml", scenario(good))
    write(tmp_path / "bad.scenario.yaml", scenario({**good, "expect": {"core.human": "dog"}}))
    write(tmp_path / "live.scenario.yaml", scenario(good, agent={"model": "gpt-9", "embedder": "none"}))
    write(tmp_path / "typo.scenario.yaml", scenario({"usr": "x"}))
    code, out = ran(tmp_path)
    assert code == 1
    assert "2 failed, 3 passed, 1 skipped" in out, out
    for line in (
        "good.scenario.yaml::good PASSED",
        "bad.scenario.yaml::bad FAILED",
        "live.scenario.yaml::live SKIPPED",
        "test_own.py::test_allergy PASSED",
        'expected  contains "dog"',
        'actual    "I have a cat. [2026-01-05]"',
        "sessions[1].turns[1].usr is unknown; did you mean 'user'?",
    ):
        assert line in out, out


def test_trajectories_are_written(tmp_path: Path) -> None:
    """--carrel-out writes what happened; without scenarios nothing of Carrel's is loaded."""
    write(tmp_path / "good.scenario.yaml", scenario("Hi."))
    code, out = ran(tmp_path, "--carrel-out", "out")
    assert (code, (tmp_path / "out" / "good" / "trajectory.jsonl").is_file()) == (0, True), out


@pytest.mark.parametrize("name", ["carrel.bootstrap", "sqlalchemy", "pydantic", "yaml", "numpy"])
def test_the_plugin_is_light(name: str) -> None:
    """It is loaded into every run of pytest where Carrel is installed, so it loads nothing heavy."""
    code = f"import sys, carrel.scenario.pytest_plugin; print({name!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"
