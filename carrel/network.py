"""How this machine reaches a server: the proxy and the certificates that the environment names.

`connection_options` gives an HTTP client what it needs, so that it reads no variable by itself: with ALL_PROXY set to a
scheme that it does not know it would raise an error of its own, and send what is meant for this machine to a proxy.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from carrel.errors import NotConfigured
from carrel.imports import importing

if TYPE_CHECKING:
    from ssl import SSLContext

CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""The variables of OpenSSL that name trusted certificates; both count where both are set."""
OTHER_CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The variables of other programs, of which the first counts where OpenSSL's are not set."""

MAX_PATH = 300
"""Characters of a path that an error quotes."""

PROXY_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})
_KEY_PARAMETER = re.compile(r"([?&](?:key|api[_-]?key|token|access_token|code)=)[^&#]*", re.IGNORECASE)
_HASHED_NAME = re.compile(r"[0-9a-fA-F]{8}\.\d+")
"""The name by which OpenSSL finds a certificate in a directory."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and what names it."""

    url: str
    variable: str
    """The environment variable, or the system's settings."""

    @property
    def shown(self) -> str:
        """The address without a user name and password, and the variable, to be shown."""
        return f"'{hide_credentials(self.url)}' ({self.variable})"


def hide_credentials(url: str) -> str:
    """Return an address without the user name, password and key in it."""
    return _KEY_PARAMETER.sub(r"\1…", re.sub(r"//[^/?#]*@", "//…@", url))


def is_loopback(url: str) -> bool:
    """Return whether an address is one of this machine."""
    import socket

    host = _host(url).rstrip(".")
    if host == "localhost" or host.endswith(".localhost") or host == socket.gethostname().lower():
        return bool(host)
    address = _address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def same_host(one: str, other: str) -> bool:
    """Return whether two addresses are of one host, whatever their ports."""
    return _host(one) == _host(other)


def is_openai(url: str) -> bool:
    """Return whether an address is one of OpenAI's own servers."""
    host = _host(url)
    return host == "openai.com" or host.endswith(".openai.com")


def is_azure_openai(url: str) -> bool:
    """Return whether an address is that of a resource of OpenAI's models at Azure."""
    host = _host(url)
    return any(host.endswith(f".openai.azure.{end}") for end in ("com", "us", "cn"))


def proxy_for(url: str) -> Proxy | None:
    """Return the proxy through which a server is reached; None for this machine and for what NO_PROXY names.

    Raises:
        NotConfigured: the variable holds something else than the address of a proxy.
    """
    from urllib.request import getproxies

    parts = _split(url)
    found = getproxies()
    scheme = parts.scheme if found.get(parts.scheme) else "all"
    named = found.get(scheme, "").strip()
    if not named or not parts.hostname or is_loopback(url) or _is_exempt(parts, found):
        return None
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    variable = next((name for name in names if os.environ.get(name)), "the system's settings")
    return _checked(Proxy(named if ":/" in named else f"http://{named}", variable))


def connection_options(url: str) -> dict[str, Any]:
    """Return the arguments that httpx2.Client and httpx2.AsyncClient take to reach a server.

    Raises:
        NotConfigured: a variable names a proxy or certificates that cannot be used.
    """
    with importing("httpx2"):
        import httpx2

    proxy = proxy_for(url)
    encrypted = _is_https(url) or (proxy is not None and _is_https(proxy.url))
    trusted = _trusted_certificates() if encrypted else _no_certificates()
    through = httpx2.Proxy(proxy.url, ssl_context=trusted if _is_https(proxy.url) else None) if proxy else None
    return {"trust_env": False, "proxy": through, "verify": trusted}


def unusable_certificates() -> str | None:
    """Return what is wrong with the certificates that the environment names, whether they are needed or not."""
    try:
        _trusted_certificates()
    except NotConfigured as error:
        return f"{error.message} {error.hint}"
    return None


def certificate_problem(error: BaseException | None) -> str | None:
    """Return why the certificate of a server is not trusted, if that is what an error comes from."""
    import ssl

    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None


def _checked(proxy: Proxy) -> Proxy:
    """Return a proxy that can be used. Raise NotConfigured."""
    parts = _split(proxy.url)
    remedy = (
        f"Set {proxy.variable} to an address such as http://localhost:3128, unset it, or list the server in NO_PROXY."
    )
    try:
        usable = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s|[\x00-\x1f\x7f'\"]", proxy.url)
    except ValueError:
        usable = False
    if parts.scheme and parts.scheme not in PROXY_SCHEMES:
        raise NotConfigured(f"Proxy {proxy.shown} has a scheme that is not supported: '{parts.scheme}'.", remedy)
    if not usable:
        raise NotConfigured(f"Proxy {proxy.shown} is not an address.", remedy)
    return proxy


def _is_exempt(parts: SplitResult, found: dict[str, str]) -> bool:
    """Return whether NO_PROXY names a server: by its name, a suffix of it, its address or a range of addresses."""
    from urllib.request import proxy_bypass

    if not found.get("no") and proxy_bypass(parts.netloc.rpartition("@")[2]):
        return True
    entries = re.split(r"[,;\s]+", found.get("no", "").lower())
    return any(_names(entry, parts) for entry in entries if entry)


def _names(entry: str, parts: SplitResult) -> bool:
    """Return whether an entry of NO_PROXY, which may have a port, names the host of an address."""
    address = entry.partition("://")[2] or entry
    named = re.fullmatch(r"(\[.*\](?:/\d+)?|[^:\[\]]*)(?::(\d+))?", address.rstrip("/"))
    name, port = (named[1], named[2]) if named else (address, None)
    host = (parts.hostname or "").rstrip(".")
    if port is not None and int(port) != _port(parts):
        return False
    if "*" in name:
        return fnmatchcase(host, name)
    plain = name.strip(".")
    numeric = _address(host)
    if numeric is not None:
        return _includes(name, numeric)
    return bool(plain) and (host == plain or host.endswith(f".{plain}"))


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None


def _includes(network: str, address: IPv4Address | IPv6Address) -> bool:
    try:
        return address in ip_network(re.sub(r"[\[\]]", "", network), strict=False)
    except ValueError:
        return False


def _trusted_certificates() -> "SSLContext":
    """Return what to trust: the certificates that the environment names, else those of the system."""
    import ssl

    with importing("httpx2"):
        import httpx2

    named = list(_named_certificates())
    if not named:
        return httpx2.create_ssl_context(trust_env=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for variable, path in named:
        _load(context, variable, path)
    return context


def _named_certificates() -> Iterator[tuple[str, Path]]:
    """Yield each variable that names certificates, with the file or directory; a list of directories is one each."""
    names = [name for name in CERTIFICATE_VARIABLES if os.environ.get(name)]
    others = [name for name in OTHER_CERTIFICATE_VARIABLES if os.environ.get(name)]
    for name in names or others[:1]:
        paths = os.environ[name].split(os.pathsep) if name == "SSL_CERT_DIR" else [os.environ[name]]
        yield from ((name, Path(path)) for path in paths if path)


def _load(context: "SSLContext", variable: str, path: Path) -> None:
    """Trust the certificates in a file or directory. Raise NotConfigured."""
    import ssl

    kind = "a directory of certificates" if variable == "SSL_CERT_DIR" else "a file of certificates in PEM format"
    remedy = f"Set {variable} to {kind}, or unset it."
    named = str(path)[:MAX_PATH]
    try:
        if path.is_dir():
            if not any(_HASHED_NAME.fullmatch(entry.name) for entry in path.iterdir()):
                problem = (
                    f"{variable} names '{named}', which holds no certificates by the names that OpenSSL looks for."
                )
                raise NotConfigured(problem, f"Run openssl rehash '{named}', or unset {variable}.")
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise NotConfigured(f"{variable} names '{named}', which holds no valid certificate.", remedy) from None
    except OSError as error:
        raise NotConfigured(f"{variable} names '{named}', which cannot be read: {error.strerror}.", remedy) from None


def _no_certificates() -> "SSLContext":
    """Return a context that trusts nothing, for a connection that is not encrypted: loading the system's takes time."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _split(url: str) -> SplitResult:
    """Split an address; one that is not valid counts as empty, since the request will report what is wrong with it."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _is_https(url: str) -> bool:
    return _split(url).scheme == "https"


def _host(url: str) -> str:
    return _split(url).hostname or ""


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the numeric address that a host is, also in the short forms that the system understands, such as 127.1."""
    import socket

    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        if not re.fullmatch(r"[0-9a-fx.]+", host) or not host[0].isdigit():
            return None
        try:
            return IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    return getattr(address, "ipv4_mapped", None) or address
