"""The connection to a server: addresses, keys and silence."""

import socket

import pytest

from carrel.errors import ModelUnreachable, NotAuthorised
from carrel.messages import UserMessage
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer
from tests.clocks import InstantClock

HELLO = Request((UserMessage("Hello"),))


@pytest.mark.network
def test_silence_is_a_timeout() -> None:
    """A server that takes the request and says nothing is given up after `timeout` seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        with OpenAIChat("m", url, timeout=0.05, max_retries=0) as model, pytest.raises(ModelUnreachable) as raised:
            list(model.stream(HELLO))
    assert "does not answer: nothing came within" in raised.value.message


@pytest.mark.parametrize("url", ["localhost:11434/v1", "ftp://127.0.0.1/v1", "http://[::bad/v1"])
def test_address_that_is_none(url: str) -> None:
    """An address that cannot be called is said to be one, without attempts to call it."""
    clock = InstantClock()
    with OpenAIChat("m", url, clock=clock) as model, pytest.raises(ModelUnreachable, match="is not valid"):
        list(model.stream(HELLO))
    assert clock.waits == []


@pytest.mark.network
def test_a_deployment_of_azure_is_asked_with_its_parameters() -> None:
    """The version goes with the path of the deployment, and the key into Azure's own header."""
    with FakeServer(["Hi."]) as server:
        url = server.url.replace("/v1", "/openai/deployments/gpt?api-version=2024-10-21")
        with OpenAIChat("gpt", url, "sk-azure") as model:
            replies = [item for item in model.stream(HELLO) if isinstance(item, Reply)]
        assert [reply.message.text for reply in replies] == ["Hi."]
        assert server.paths == ["/openai/deployments/gpt/chat/completions?api-version=2024-10-21"]
        assert (server.headers[0].get("api-key"), "authorization" in server.headers[0]) == ("sk-azure", False)
        assert "api-version" not in model.server


@pytest.mark.network
def test_the_path_of_the_endpoint_may_be_pasted() -> None:
    """An address that ends in /chat/completions is taken for what it is."""
    with FakeServer(["Hi."]) as server, OpenAIChat("m", f"{server.url}/chat/completions") as model:
        list(model.stream(HELLO))
        assert server.paths == ["/v1/chat/completions"]


def test_key_that_no_header_can_hold() -> None:
    """A key with letters that HTTP cannot carry is a wrong key."""
    with pytest.raises(NotAuthorised):
        list(OpenAIChat("m", "http://127.0.0.1:1/v1", "ключ").stream(HELLO))


def test_password_in_the_address_is_not_shown() -> None:
    """An address is quoted without user name and password."""
    with OpenAIChat("m", "ftp://ada:pw@127.0.0.1/v1") as model, pytest.raises(ModelUnreachable) as raised:
        list(model.stream(HELLO))
    assert "'ftp://…@127.0.0.1/v1'" in str(raised.value)
    assert "pw" not in str(raised.value)
