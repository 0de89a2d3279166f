"""A pytest plugin for those who build on Carrel: fixtures for an agent, and every *.scenario.yaml is a test.

It is found by itself where Carrel is installed. Each fixture may be replaced by one of the same name in a conftest.py.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # nothing heavy is loaded into the tests of a project that uses none of this
    from carrel.agent.agent import Agent
    from carrel.bootstrap import Carrel
    from carrel.clock import FrozenClock
    from carrel.protocols import ChatModel
    from carrel.scenario.suite import Result
    from carrel.tools.tool import Tool

SUFFIXES = (".scenario.yaml", ".scenario.yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `carrel run` that make sense here."""
    group = parser.getgroup("carrel", "Carrel scenarios")
    group.addoption("--carrel-live", action="store_true", help="play scenarios with the model that is configured")
    group.addoption("--carrel-record", action="store_true", help="keep the model's answers beside the scenarios")
    group.addoption("--carrel-replay", action="store_true", help="answer from what was recorded")
    group.addoption("--carrel-judge", metavar="MODEL", help="the model that judges")
    group.addoption("--carrel-out", metavar="DIR", help="write trajectories here")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """Take scenario files."""
    return ScenarioFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class ScenarioFile(pytest.File):
    """A scenario's file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the one test of the file."""
        name = next(self.path.name.removesuffix(end) for end in SUFFIXES if self.path.name.endswith(end))
        yield ScenarioItem.from_parent(self, name=name)


class ScenarioItem(pytest.Item):
    """A story as a test: it passes where every expectation holds."""

    def runtest(self) -> None:
        """Play the story; it is skipped where its model is not connected."""
        from carrel.scenario.files.load import load
        from carrel.scenario.play.stage import Casting
        from carrel.scenario.suite import Plan, run

        option = self.config.getoption
        casting = Casting(
            live=option("--carrel-live"),
            record=option("--carrel-record"),
            replay=option("--carrel-replay"),
            judge=option("--carrel-judge"),
        )
        out = option("--carrel-out")
        result = run(load(self.path), Plan(casting, Path(out) if out else None))
        if result.error and result.error["code"] == "not_configured":
            pytest.skip(str(result.error["message"]))
        if result.outcome != "passed":
            raise StoryFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return what was expected and what was the case; a mistake in the file is one sentence."""
        from carrel.errors import CarrelError
        from carrel.scenario.report import told

        if isinstance(excinfo.value, StoryFailed):
            return "\n".join(told(excinfo.value.result))
        if isinstance(excinfo.value, CarrelError):
            return f"Error: {excinfo.value}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return how the test is called."""
        return self.path, 0, f"scenario: {self.name}"


class StoryFailed(Exception):
    """A story did not come out as expected."""

    def __init__(self, result: "Result") -> None:
        super().__init__(result.name)
        self.result = result


@pytest.fixture
def carrel_clock() -> "FrozenClock":
    """A clock that stands at nine on a Monday morning until `carrel_clock.advance(days=30)`."""
    from carrel.clock import FrozenClock

    return FrozenClock("2026-01-05T09:00:00+00:00")


@pytest.fixture
def carrel_script() -> list[Any]:
    """What the scripted model says, one item a request: fill it in the test."""
    return []


@pytest.fixture
def carrel_model(carrel_script: list[Any]) -> "ChatModel":
    """The agent's model: it plays `carrel_script` and keeps what it was asked in `requests`."""
    from carrel.models.chat.scripted import ScriptedModel

    return ScriptedModel(carrel_script)


@pytest.fixture
def carrel_tools() -> "tuple[Tool, ...]":
    """Tools of your own for the agent."""
    return ()


@pytest.fixture
def carrel_settings() -> dict[str, Any]:
    """Settings for the agent, such as {"window": 4000}."""
    return {}


@pytest.fixture
def carrel_desk(
    tmp_path: Path,
    carrel_model: "ChatModel",
    carrel_clock: "FrozenClock",
    carrel_tools: "tuple[Tool, ...]",
    carrel_settings: dict[str, Any],
) -> "Iterator[Carrel]":
    """A home in a temporary folder, with ids that are the same in every run, searched by words."""
    from carrel.bootstrap import Carrel
    from carrel.scenario.play.ids import SeededIds

    home = tmp_path / "carrel"
    flags = {"window": 8000, **carrel_settings}
    desk = Carrel.open(home, carrel_model, "none", carrel_clock, tools=carrel_tools, new_id=SeededIds(0), flags=flags)
    yield desk
    desk.close()


@pytest.fixture
def carrel_agent(carrel_desk: "Carrel") -> "Agent":
    """An agent with an empty memory."""
    return carrel_desk.agent("test")
