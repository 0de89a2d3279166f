"""Chat models of servers on this machine are found, and whatever else listens there is no harm."""

from collections.abc import Mapping

import pytest

from carrel.models.discovery import local_servers
from carrel.models.discovery.local_servers import LocalModel, find_local_models
from carrel.testing.fake_server import FakeServer
from tests.testing.faulty import closed_port


def ports(monkeypatch: pytest.MonkeyPatch, given: Mapping[str, int]) -> None:
    """Let servers be looked for at these ports."""
    monkeypatch.setattr(local_servers, "PORTS", given)


@pytest.mark.network
def test_models_are_found_where_a_server_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the ports, each with its address; where nobody listens there is none."""
    with FakeServer([], model="qwen3") as one, FakeServer([], model="gemma") as other:
        numbers = [int(server.url.split(":")[-1].split("/")[0]) for server in (one, other)]
        ports(monkeypatch, {"Ollama": numbers[0], "vLLM": closed_port(), "LM Studio": numbers[1]})
        assert find_local_models() == [
            LocalModel("qwen3", one.url, "Ollama"),
            LocalModel("gemma", other.url, "LM Studio"),
        ]
        ports(monkeypatch, {})
        assert find_local_models() == []
