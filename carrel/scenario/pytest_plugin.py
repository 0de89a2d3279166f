"""A pytest plugin for projects that build on Carrel: fixtures for an agent, and *.scenario.yaml files as tests.

pytest loads it wherever Carrel is installed. Override a fixture by one of the same name in your conftest.py.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # projects that do not use the plugin must not pay for these imports
    from carrel.agent.agent import Agent
    from carrel.bootstrap import Carrel
    from carrel.clock import FrozenClock
    from carrel.protocols import ChatModel
    from carrel.scenario.run import RunResult
    from carrel.tools.tool import Tool

SUFFIXES = (".scenario.yaml", ".scenario.yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `carrel run` that apply to tests."""
    group = parser.getgroup("carrel", "Carrel scenarios")
    group.addoption("--carrel-live", action="store_true", help="play scenarios with the configured model")
    group.addoption("--carrel-record", action="store_true", help="record the model's replies beside the scenarios")
    group.addoption("--carrel-replay", action="store_true", help="replay recorded replies")
    group.addoption("--carrel-judge", metavar="MODEL", help="the judging model")
    group.addoption("--carrel-out", metavar="DIR", help="write trajectories to this folder")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """Collect scenario files."""
    return ScenarioFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class ScenarioFile(pytest.File):
    """A collected scenario file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the file's only test."""
        name = next(self.path.name.removesuffix(end) for end in SUFFIXES if self.path.name.endswith(end))
        yield ScenarioItem.from_parent(self, name=name)


class ScenarioItem(pytest.Item):
    """A scenario as a test; it passes if every expectation holds."""

    def runtest(self) -> None:
        """Run the scenario; skip it if its model is not connected."""
        from carrel.scenario.files.load import load
        from carrel.scenario.play.runtime import ModelOptions
        from carrel.scenario.run import RunOptions, run_scenario

        option = self.config.getoption
        models = ModelOptions(
            live=option("--carrel-live"),
            record=option("--carrel-record"),
            replay=option("--carrel-replay"),
            judge=option("--carrel-judge"),
        )
        out = option("--carrel-out")
        result = run_scenario(load(self.path), RunOptions(models, Path(out) if out else None))
        if result.error and result.error["code"] == "not_configured":
            pytest.skip(str(result.error["message"]))
        if result.outcome != "passed":
            raise ScenarioFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return the report of the run; for a mistake in the file, one sentence."""
        from carrel.errors import CarrelError
        from carrel.scenario.report import format_result

        if isinstance(excinfo.value, ScenarioFailed):
            return "\n".join(format_result(excinfo.value.result))
        if isinstance(excinfo.value, CarrelError):
            return f"Error: {excinfo.value}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the path, the line and the name of the test."""
        return self.path, 0, f"scenario: {self.name}"


class ScenarioFailed(Exception):
    """An expectation of a scenario failed, or playing it did."""

    def __init__(self, result: "RunResult") -> None:
        super().__init__(result.name)
        self.result = result


@pytest.fixture
def carrel_clock() -> "FrozenClock":
    """A clock that stands still until a test calls `carrel_clock.advance(days=30)`; it starts on a Monday at nine."""
    from carrel.clock import FrozenClock

    return FrozenClock("2026-01-05T09:00:00+00:00")


@pytest.fixture
def carrel_script() -> list[Any]:
    """The replies of the scripted model, one for each request; append to it in the test."""
    return []


@pytest.fixture
def carrel_model(carrel_script: list[Any]) -> "ChatModel":
    """The agent's model: it gives the replies of `carrel_script` and keeps all `requests`."""
    from carrel.models.chat.scripted import ScriptedModel

    return ScriptedModel(carrel_script)


@pytest.fixture
def carrel_tools() -> "tuple[Tool, ...]":
    """Additional tools for the agent."""
    return ()


@pytest.fixture
def carrel_settings() -> dict[str, Any]:
    """Settings for the agent, such as {"window": 4000}."""
    return {}


@pytest.fixture
def carrel_client(
    tmp_path: Path,
    carrel_model: "ChatModel",
    carrel_clock: "FrozenClock",
    carrel_tools: "tuple[Tool, ...]",
    carrel_settings: dict[str, Any],
) -> "Iterator[Carrel]":
    """An open home in a temporary folder; its ids are the same in every run, and search is by words only."""
    from carrel.bootstrap import Carrel
    from carrel.scenario.play.seeded_ids import SeededIds

    home = tmp_path / "carrel"
    flags = {"window": 8000, **carrel_settings}
    client = Carrel.open(home, carrel_model, "none", carrel_clock, tools=carrel_tools, new_id=SeededIds(0), flags=flags)
    with closing(client):  # without background work, so that nothing depends on the machine's speed
        yield client


@pytest.fixture
def carrel_agent(carrel_client: "Carrel") -> "Agent":
    """An agent with an empty memory."""
    return carrel_client.agent("test")
