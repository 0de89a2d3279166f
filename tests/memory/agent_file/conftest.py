"""An agent with rows in every table, and its file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.memory.agent_file.export import export_agent
from carrel.memory.store import Memory, Store
from carrel.memory.values import Cause
from tests.memory.agent_file.filling import fill_memory
from tests.memory.conftest import Letters


@pytest.fixture
def full(memory: Memory) -> Memory:
    """Agent 'ada', who has talked, searched, called tools, flushed, stored, updated and deleted."""
    fill_memory(memory)
    memory.core.append("human", "住在罗马。", Cause("user"))
    return memory


@pytest.fixture
def exported(full: Memory, store: Store, tmp_path: Path) -> Path:
    """The file of agent 'ada'."""
    target = tmp_path / "ada.jsonl"
    export_agent(store, "ada", target)
    return target


@pytest.fixture
def elsewhere(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    """A store in another home."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    made = Store(home, clock, Letters(), None)
    yield made
    made.close()
