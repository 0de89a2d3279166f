"""What a client of the SDK sends, to whom and by which way: the settings' own values, and the SDK's to OpenAI alone."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import trustme

from carrel.errors import ModelUnreachable, NotConfigured
from carrel.messages import UserMessage
from carrel.models.chat.scripted import say
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.discovery.window_discovery import WindowDiscovery
from carrel.models.embedders.openai_embedder import OpenAIEmbedder
from carrel.models.openai_client import create_client
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer
from tests.proxies import http_proxy, socks_proxy

pytestmark = pytest.mark.network

THEIRS = {
    "OPENAI_API_KEY": "sk-of-the-environment",
    "OPENAI_ADMIN_KEY": "sk-admin-of-the-environment",
    "OPENAI_ORG_ID": "org-secret",
    "OPENAI_PROJECT_ID": "proj-secret",
    "OPENAI_WEBHOOK_SECRET": "whsec-secret",
    "OPENAI_BASE_URL": "http://elsewhere.example/v1",
    "OPENAI_CUSTOM_HEADERS": "X-Tenant: tenant-secret\nAuthorization: Bearer stolen-secret",
}
FAR = "http://models.example/v1"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def _port(server: FakeServer) -> int:
    return int(server.url.rpartition(":")[2].partition("/")[0])


def _chat(url: str) -> OpenAIChat:
    return OpenAIChat("any", url, "sk-of-carrel", 5.0, max_retries=0)


def ask(model: OpenAIChat) -> str:
    """Return the text of the answer to a greeting."""
    *_, reply = model.stream(Request((UserMessage("Hello"),)))
    assert isinstance(reply, Reply)
    return reply.message.text


def test_no_variable_of_the_sdk_goes_to_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither organization, project and headers, nor a key in the place of ours."""
    _set(monkeypatch, THEIRS)
    with FakeServer([say("Hello.")]) as server, _chat(server.url) as model:
        assert ask(model) == "Hello."
    sent = server.headers[0]
    assert sent["authorization"] == "Bearer sk-of-carrel"
    assert not {"openai-organization", "openai-project", "x-tenant"} & sent.keys()
    assert "secret" not in str(sent)
    assert "of-the-environment" not in str(sent)


def test_openai_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """At OpenAI's own server they are what its users expect."""
    _set(monkeypatch, THEIRS)
    with create_client("https://api.openai.com/v1", "sk-of-carrel", 5.0) as client:
        sent = client.default_headers
        assert (sent["OpenAI-Organization"], sent["OpenAI-Project"]) == ("org-secret", "proj-secret")
        assert sent["Authorization"] == "Bearer sk-of-carrel"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_what_is_meant_for_this_machine_does_not_go_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Chat, discovery and embedder reach the server, and the proxy sees nothing of it, least of all the key."""
    with FakeServer([say("Hello.")]) as server, http_proxy() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        with _chat(server.url) as model:
            assert ask(model) == "Hello."
        assert WindowDiscovery(server.url, "any", "sk-of-carrel").window() is None
        with pytest.raises(ModelUnreachable, match="has no model 'm'"):
            OpenAIEmbedder("m", server.url, "sk-of-carrel").embed(["text"])
    assert proxy.requests == []


def test_another_machine_is_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its variable says; NO_PROXY is obeyed too."""
    with FakeServer([say("Hello.")]) as server, http_proxy(_port(server)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with _chat(FAR) as model:
            assert ask(model) == "Hello."
        assert proxy.requests == [f"POST {FAR}/chat/completions"]


def test_a_socks_proxy_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the server is resolved by the proxy."""
    with FakeServer([say("Hello.")]) as server, socks_proxy(_port(server)) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with _chat(FAR) as model:
            assert ask(model) == "Hello."
    assert proxy.requests == ["models.example"]


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is at fault, not the server."""
    monkeypatch.setenv("ALL_PROXY", "http://ada:hunter2@127.0.0.1:9")
    with _chat(FAR) as model, pytest.raises(ModelUnreachable) as caught:
        ask(model)
    assert f"The server '{FAR}' cannot be reached through its proxy: 'http://…@127.0.0.1:9' (ALL_PROXY)" in str(
        caught.value
    )
    assert "NO_PROXY" in caught.value.hint
    with pytest.raises(ModelUnreachable, match=r"through its proxy 'http://…@127.0.0.1:9' \(ALL_PROXY\)"):
        OpenAIEmbedder("m", FAR, "").embed(["text"])


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer to a tunnel is told with its address."""
    with http_proxy(refuses=407) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with _chat("https://models.example/v1") as model, pytest.raises(ModelUnreachable) as caught:
            ask(model)
    assert f"'{proxy.url}' (HTTPS_PROXY) says: 407" in caught.value.message
    assert "authorization" not in proxy.headers[0]


def test_a_proxy_that_cannot_be_used_is_a_matter_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the chat and the embedder; discovery leaves the telling to them."""
    monkeypatch.setenv("ALL_PROXY", "socks4://proxy.example:1080")
    with _chat(FAR) as model, pytest.raises(NotConfigured, match="ALL_PROXY"):
        ask(model)
    with pytest.raises(NotConfigured, match="ALL_PROXY"):
        OpenAIEmbedder("m", FAR, "").embed(["text"])
    assert WindowDiscovery(FAR, "any").window() is None


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An authority of our own, and a certificate for this machine with its key, each in a file."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return folder / "ca.pem", folder / "server.pem"


def test_a_certificate_of_ones_own_is_trusted_once_it_is_named(
    monkeypatch: pytest.MonkeyPatch, certificates: tuple[Path, Path]
) -> None:
    """Until then the error says which variable to set; after that the server is reached."""
    authority, own = certificates
    with FakeServer([say("Hello."), say("Hello.")], certificate=own) as server:
        assert server.url.startswith("https://")
        with _chat(server.url) as model, pytest.raises(ModelUnreachable) as caught:
            ask(model)
        assert "is not trusted: unable to get local issuer certificate." in caught.value.message
        assert "SSL_CERT_FILE" in caught.value.hint
        with pytest.raises(ModelUnreachable, match="is not trusted: unable to get local issuer"):
            OpenAIEmbedder("m", server.url, "").embed(["text"])
        for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            with monkeypatch.context() as patch, _chat(server.url) as model:
                patch.setenv(variable, str(authority))
                assert ask(model) == "Hello."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_ORG_ID", "org-é"),
        ("OPENAI_PROJECT_ID", "proj\nsecond"),
        ("OPENAI_CUSTOM_HEADERS", "X-One: 1\nX-Two: zwölf"),
        ("OPENAI_CUSTOM_HEADERS", "X-One: \x07"),
    ],
)
def test_a_variable_that_no_header_can_hold_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The SDK would fail at each request, in words that name neither the variable nor the cause."""
    monkeypatch.setenv(name, value)
    with FakeServer([say("Hi.")]) as server, pytest.raises(NotConfigured) as caught:
        ask(_chat(server.url))
    assert caught.value.message == f"{name} holds a character that no header can hold."
    assert server.requests == []
    monkeypatch.setenv(name, "X-One: 1\r\nX-Two:\t2" if name == "OPENAI_CUSTOM_HEADERS" else "org-1")
    with FakeServer([say("Hi.")]) as server:
        assert ask(_chat(server.url)) == "Hi."
