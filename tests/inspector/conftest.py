"""Homes that the inspector's tests look at."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from carrel.bootstrap import Carrel
from carrel.inspector.api import READS, WRITES, run
from carrel.inspector.app import create_app
from carrel.inspector.subject import Subject
from tests.inspector.furnished import furnish
from tests.memory.toy import ToyEmbedder

ORIGIN = "http://testserver"
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carrel]:
    """A home with something for every tab, made once; nobody changes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARREL_MODEL", "offline")
        made = furnish(tmp_path_factory.mktemp("furnished") / "home", ToyEmbedder())
    yield made
    made.close()


@pytest.fixture
def subject(furnished: Carrel) -> Subject:
    """Its agents, to be read."""
    return Subject(furnished)


@pytest.fixture
def fresh(home: Path) -> Iterator[Subject]:
    """The agents of a small home of the test's own, which may be changed."""
    made = furnish(home, turns=1)
    yield Subject(made, writable=True)
    made.close()


@pytest.fixture
def ask(subject: Subject) -> Ask:
    """Read from the furnished home, of agent `default` unless another is named."""
    return lambda name, **values: run(READS, name, subject, {"agent": "default", **values})["data"]


@pytest.fixture
def change(fresh: Subject) -> Ask:
    """Change the fresh home."""
    return lambda name, **values: run(WRITES, name, fresh, {"agent": "default", **values})["data"]


@pytest.fixture
def reader(subject: Subject) -> TestClient:
    """A client of the app over the furnished home, which only reads."""
    return TestClient(create_app(subject))


@pytest.fixture
def writer(fresh: Subject) -> TestClient:
    """A client of the app over the fresh home, which may write, with the headers of the page."""
    return TestClient(create_app(fresh), headers={"origin": ORIGIN, "x-carrel": "1"})
