"""Which proxy and which certificates lead to a server, from the variables of the environment."""

import os
import ssl
from pathlib import Path

import pytest
import trustme

from carrel.errors import NotConfigured
from carrel.network import (
    certificate_problem,
    connection_options,
    hide_credentials,
    is_azure_openai,
    is_loopback,
    is_openai,
    proxy_for,
    same_host,
    unusable_certificates,
)

FAR = "https://models.example/v1"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_network_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *map(str.upper, VARIABLES), "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://ollama.localhost/v1", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://127.1/v1", True),
        ("http://0x7f.1/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://[::ffff:127.0.0.1]/v1", True),
        ("https://ada:secret@localhost/v1", True),
        ("http://localhost.example/v1", False),
        ("http://10.0.0.1/v1", False),
        ("http://127.0.0.1.example/v1", False),
        ("https://api.openai.com/v1", False),
        ("http://[::1/v1", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_what_this_machine_is(url: str, here: bool) -> None:
    """By each of its names and addresses, however they are written; what only looks like one is another."""
    assert is_loopback(url) is here


@pytest.mark.parametrize("scheme", ["http://", "https://", "socks5://", "socks4://", "nonsense"])
def test_this_machine_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """Whatever the variables hold, be it something that no client could use."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"{scheme}proxy.example:1080")
    assert proxy_for("http://localhost:11434/v1") is None
    assert connection_options("http://127.0.0.1:1/v1")["proxy"] is None


@pytest.mark.parametrize(
    ("variables", "url", "found"),
    [
        ({}, FAR, None),
        ({"HTTPS_PROXY": "http://p:1"}, FAR, ("http://p:1", "HTTPS_PROXY")),
        ({"https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:1"}, FAR, ("http://p:1", "https_proxy")),
        ({"HTTPS_PROXY": "p:1"}, FAR, ("http://p:1", "HTTPS_PROXY")),
        ({"HTTP_PROXY": "http://p:1"}, FAR, None),
        ({"HTTP_PROXY": "http://p:1"}, "http://models.example/v1", ("http://p:1", "HTTP_PROXY")),
        ({"ALL_PROXY": "socks5://p:1"}, FAR, ("socks5://p:1", "ALL_PROXY")),
        ({"ALL_PROXY": "socks5://p:1", "HTTPS_PROXY": "http://q:1"}, FAR, ("http://q:1", "HTTPS_PROXY")),
        ({"ALL_PROXY": "socks5h://[::2]:1"}, FAR, ("socks5h://[::2]:1", "ALL_PROXY")),
        ({"HTTPS_PROXY": ""}, FAR, None),
        ({"ALL_PROXY": "socks5://p:1", "NO_PROXY": "*"}, FAR, None),
        ({"ALL_PROXY": "socks4://p:1", "NO_PROXY": "models.example"}, FAR, None),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "one, .example"}, FAR, None),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "*.example"}, FAR, None),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "ample"}, FAR, ("http://p:1", "ALL_PROXY")),
        ({"ALL_PROXY": "http://p:1", "no_proxy": "10.0.0.0/8"}, "http://10.1.2.3/v1", None),
        ({"ALL_PROXY": "http://p:1", "no_proxy": "10.0.0.0/8"}, "http://11.1.2.3/v1", ("http://p:1", "ALL_PROXY")),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "fd00::/8"}, "http://[fd00::5]/v1", None),
        ({"ALL_PROXY": "http://p:1"}, "http://[::1", None),
        ({"ALL_PROXY": "HTTP://P:1"}, FAR, ("HTTP://P:1", "ALL_PROXY")),
        ({"ALL_PROXY": " http://p:1\n"}, FAR, ("http://p:1", "ALL_PROXY")),
        ({"ALL_PROXY": "ada:secret@p:1"}, FAR, ("http://ada:secret@p:1", "ALL_PROXY")),
        ({"ALL_PROXY": "http://ada:p@ss@p:1"}, FAR, ("http://ada:p@ss@p:1", "ALL_PROXY")),
    ],
)
def test_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, found: tuple[str, str] | None
) -> None:
    """The scheme's own variable before ALL_PROXY, small letters before capitals, and NO_PROXY before all."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(url)
    assert (proxy and (proxy.url, proxy.variable)) == found


@pytest.mark.parametrize(
    ("entries", "url", "exempt"),
    [
        ("*", FAR, True),
        ("example", FAR, True),
        (".EXAMPLE", FAR, True),
        ("models.example.", FAR, True),
        ("models.example:443", FAR, True),
        ("models.example:8443", FAR, False),
        ("https://models.example/", FAR, True),
        ("one models.example", FAR, True),
        ("one;models.example", FAR, True),
        ("models.*", FAR, True),
        ("*.example:443", FAR, True),
        ("odels.example", FAR, False),
        (".", FAR, False),
        (",,", FAR, False),
        (".local", "http://box.local:8000/v1", True),
        ("local:8000", "http://box.local:8000/v1", True),
        ("local:80", "http://box.local:8000/v1", False),
        ("10.0.0.0/8", "http://10.1.2.3:8000/v1", True),
        ("10.1.2.3:8000", "http://10.1.2.3:8000/v1", True),
        ("10.1.2.3:80", "http://10.1.2.3:8000/v1", False),
        ("10.*", "http://10.1.2.3:8000/v1", True),
        ("2.3", "http://10.1.2.3:8000/v1", False),
        ("10.1.2.0/33", "http://10.1.2.3:8000/v1", False),
        ("fd00::5", "http://[fd00::5]:8000/v1", True),
        ("[fd00::5]", "http://[fd00::5]:8000/v1", True),
        ("[fd00::5]:8000", "http://[fd00::5]:8000/v1", True),
        ("[fd00::5]:80", "http://[fd00::5]:8000/v1", False),
        ("fd00:0:0:0:0:0:0:5", "http://[fd00::5]/v1", True),
        ("[fd00::]/8", "http://[fd00::5]/v1", True),
    ],
)
def test_what_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch, entries: str, url: str, exempt: bool) -> None:
    """Names, endings of names, patterns, addresses and ranges, each with a port or without, however they are apart."""
    monkeypatch.setenv("ALL_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", entries)
    assert (proxy_for(url) is None) is exempt


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("socks4://ada:secret@p:1", "Proxy 'socks4://…@p:1' (ALL_PROXY) has a scheme that is not supported: 'socks4'."),
        ("socks://p:1", "Proxy 'socks://p:1' (ALL_PROXY) has a scheme that is not supported: 'socks'."),
        ("http://", "Proxy 'http://' (ALL_PROXY) is not an address."),
        ("http://p:port", "Proxy 'http://p:port' (ALL_PROXY) is not an address."),
        ("http://[::1", "Proxy 'http://[::1' (ALL_PROXY) is not an address."),
        ("http:/p:1", "Proxy 'http:/p:1' (ALL_PROXY) is not an address."),
        ("'http://p:1'", "Proxy ''http://p:1'' (ALL_PROXY) is not an address."),
        ("http://p q:1", "Proxy 'http://p q:1' (ALL_PROXY) is not an address."),
        ("http://p\n:1", "Proxy 'http://p\n:1' (ALL_PROXY) is not an address."),
        ("http://p:99999", "Proxy 'http://p:99999' (ALL_PROXY) is not an address."),
        ("http://p:0", "Proxy 'http://p:0' (ALL_PROXY) is not an address."),
        ("http://p:1,http://q:1", "Proxy 'http://p:1,http://q:1' (ALL_PROXY) is not an address."),
        ("ftp://p:1", "Proxy 'ftp://p:1' (ALL_PROXY) has a scheme that is not supported: 'ftp'."),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str, told: str
) -> None:
    """And with what to do, but without the password in it."""
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(NotConfigured) as caught:
        connection_options(FAR)
    assert caught.value.message == told
    assert caught.value.hint.startswith("Set ALL_PROXY to an address such as")
    assert caught.value.exit_code == 3


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of an authority of our own, in a file."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


def _trusted(url: str = FAR) -> int:
    return len(connection_options(url)["verify"].get_ca_certs())


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_of_ones_own(monkeypatch: pytest.MonkeyPatch, authority: Path, variable: str) -> None:
    """The file that a variable names holds what is trusted, and nothing else is."""
    monkeypatch.setenv(variable, str(authority))
    assert _trusted() == 1
    assert connection_options(FAR)["verify"].verify_mode is ssl.CERT_REQUIRED


def test_openssls_variables_count_before_those_of_others(monkeypatch: pytest.MonkeyPatch, authority: Path) -> None:
    """REQUESTS_CA_BUNDLE is not looked at where SSL_CERT_FILE is set."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert _trusted() == 1


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_cannot_be_read_are_named_with_their_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    """A file that is not there or holds something else, and a directory without certificates."""
    garbage, empty, blank = tmp_path / "garbage.pem", tmp_path / "empty", tmp_path / "blank.pem"
    blank.touch()
    garbage.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n", encoding="utf-8")
    empty.mkdir()
    for path, told in (
        (tmp_path / "nowhere", "which cannot be read: No such file or directory."),
        (garbage, "which holds no valid certificate."),
        (blank, "which holds no valid certificate."),
        (empty, "which holds no certificates by the names that OpenSSL looks for."),
    ):
        monkeypatch.setenv(variable, str(path))
        with pytest.raises(NotConfigured) as caught:
            connection_options(FAR)
        assert caught.value.message == f"{variable} names '{path}', {told}"
        assert variable in caught.value.hint
        assert ("a directory of" in caught.value.hint) <= (variable == "SSL_CERT_DIR")
        assert unusable_certificates() == f"{caught.value.message} {caught.value.hint}"
        assert connection_options("http://models.example/v1")["proxy"] is None, "Not needed, so not looked at."


def test_a_directory_of_certificates(monkeypatch: pytest.MonkeyPatch, authority: Path, tmp_path: Path) -> None:
    """By the names of OpenSSL; SSL_CERT_DIR may list several."""
    (tmp_path / "0a1b2c3d.0").write_bytes(authority.read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path}{os.pathsep}{tmp_path}")
    assert connection_options(FAR)["verify"].verify_mode is ssl.CERT_REQUIRED


def test_why_a_certificate_is_not_trusted_is_found_in_the_causes() -> None:
    """However deep the library has wrapped it."""
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refused.verify_message = "self-signed certificate"
    wrapped = OSError("outer")
    wrapped.__cause__ = ValueError("inner")
    wrapped.__cause__.__context__ = refused
    assert certificate_problem(wrapped) == "self-signed certificate"
    assert certificate_problem(OSError("outer")) is None
    assert certificate_problem(None) is None


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://evilopenai.com/v1", False),
        ("https://x.openai.azure.com/openai", False),
        ("http://localhost/openai.com", False),
    ],
)
def test_openais_own_servers(url: str, own: bool) -> None:
    """By the end of the host's name, and nothing else of the address."""
    assert is_openai(url) is own


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://ada.openai.azure.com/openai/deployments/m", True),
        ("https://ADA.openai.azure.us/openai/v1", True),
        ("https://openai.azure.com.example/v1", False),
        ("https://adaopenai.azure.com/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_openais_models_at_azure(url: str, own: bool) -> None:
    """By the end of the host's name."""
    assert is_azure_openai(url) is own


def test_one_host_with_two_ports() -> None:
    """Ports and paths make no other host."""
    assert same_host("http://gpu:8000/v1", "http://GPU:8001/v2")
    assert not same_host("http://gpu:8000/v1", "http://cpu:8000/v1")


def test_what_is_secret_in_an_address_is_hidden() -> None:
    """The password before the host, and a key in the query; the rest stays readable."""
    assert hide_credentials("http://a:b@host/v1?key=abc&x=1") == "http://…@host/v1?key=…&x=1"
    assert hide_credentials("http://host/v1?mail=a@b") == "http://host/v1?mail=a@b"
