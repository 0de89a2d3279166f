"""What every test shares: a home of its own, a clock that stands still, and a guard over what it may do."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.clock import FrozenClock

LOOPBACK = ("127.", "::1", "localhost")
MARKS = {
    "subprocess.Popen": {"process", "terminal"},
    "os.fork": {"process", "terminal"},
    "os.posix_spawn": {"process", "terminal"},
    "os.forkpty": {"terminal"},
    "socket.bind": {"network", "process", "terminal"},
    "socket.connect": {"network", "process", "terminal"},
}
"""What Python reports to an audit hook, and the marks of a test that may do it."""

platform.processor()  # starts a process; Python remembers the answer, and the openai SDK asks at its first request

_done: set[str] = set()
"""Which of these the running test did, in whatever thread."""


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what the running test does; refuse a connection that leaves this machine."""
    if event not in MARKS:
        return
    if event.startswith("socket."):
        address = arguments[1]
        if not isinstance(address, tuple):  # a socket of the operating system, in a file
            return
        assert str(address[0]).startswith(LOOPBACK), f"A test reached out to {address}."
    _done.add(event)


sys.addaudithook(_audit)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget what the test before did."""
    _done.clear()


@pytest.fixture(autouse=True)
def _guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that starts a process or opens a socket and is not marked so: `make quick` is to leave it out."""
    yield
    marks = {mark.name for mark in request.node.iter_markers()}
    wrong = {event: sorted(MARKS[event]) for event in sorted(_done) if not MARKS[event] & marks}
    assert not wrong, f"Mark this test with one of the marks named here, such as @pytest.mark.process: {wrong}"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty CARREL_HOME and no settings from outside."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CARREL_MODEL", "CARREL_EMBEDDER"):
        monkeypatch.delenv(name, raising=False)
    place = tmp_path / "home"
    monkeypatch.setenv("CARREL_HOME", str(place))
    return place


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at nine in the morning of a Monday in January."""
    return FrozenClock("2026-01-05T09:00:00+01:00")
