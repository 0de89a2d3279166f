"""What every test shares: a home of its own, a clock that stands still, and no way out but loopback."""

import socket
from pathlib import Path

import pytest

from carrel.clock import FrozenClock

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at any connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        assert str(host).startswith(LOOPBACK), f"A test reached out to {address}."
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


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
