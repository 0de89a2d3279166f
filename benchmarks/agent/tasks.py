"""What a task is: memory as it stands before, what the user says, and what must hold afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

TASKS = Path(__file__).parent / "tasks"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class AnswerExpectation(_Strict):
    """What the answer must hold: terms as `grade.holds` reads them."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    abstains: bool = False
    """Whether the answer must say that it does not know."""


class MemoryExpectation(_Strict):
    """What core memory and archival together must hold after the turn."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    unchanged: bool = False
    """Whether they must hold what they held before the turn, and nothing else."""


class Paste(_Strict):
    """A long made-up text with one sentence hidden in its middle."""

    sentences: int
    hide: str


class Turn(_Strict):
    """What the user says, and what must hold afterwards."""

    say: str
    paste: Paste | None = None
    ideal: tuple[str | dict[str, dict[str, Any]], ...]
    """What an ideal model does, one item a request: a text, or a call as {tool: arguments}."""
    answer: AnswerExpectation = AnswerExpectation()
    memory: MemoryExpectation = MemoryExpectation()


class Exchange(_Strict):
    """A message and its answer in an earlier conversation."""

    session: str
    at: datetime
    user: str
    assistant: str


class Setup(_Strict):
    """What memory holds before the first session."""

    human: str = ""
    human_limit: int | None = None
    """Characters that the block `human` may hold."""
    archival: tuple[str, ...] = ()
    recall: tuple[Exchange, ...] = ()


class Task(_Strict):
    """A task; Carrel is closed and opened anew between its sessions."""

    name: str
    kind: str
    setup: Setup = Setup()
    sessions: tuple[tuple[Turn, ...], ...]


def load_tasks(paths: Sequence[Path] = (TASKS,)) -> list[Task]:
    """Return the tasks of YAML files, or of all in a folder; a file's name is the kind of its tasks.

    Raise ValueError where one is not as this module says.
    """
    files = chain.from_iterable(sorted(path.glob("*.yaml")) if path.is_dir() else [path] for path in paths)
    return [Task.model_validate({**item, "kind": file.stem}) for file in files for item in _items(file)]


def choose(tasks: Iterable[Task], kinds: Sequence[str] = (), limit: int | None = None) -> list[Task]:
    """Return the tasks of some kinds, or of all, at most `limit` of them: the first of each kind, then the second."""
    by_kind: dict[str, list[Task]] = {}
    for task in tasks:
        if not kinds or task.kind in kinds:
            by_kind.setdefault(task.kind, []).append(task)
    rounds = zip_longest(*by_kind.values())
    return [task for task in chain.from_iterable(rounds) if task is not None][:limit]


def _items(file: Path) -> list[Mapping[str, Any]]:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(found, list):
        raise ValueError(f"{file} is not a list of tasks.")
    return found
