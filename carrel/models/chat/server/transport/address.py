"""The address of a server: what people paste is more than the base of a URL. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit, urlunsplit

ENDPOINTS = ("/chat/completions", "/responses")


@dataclass(frozen=True, slots=True)
class Address:
    """The base of a URL, to which paths are added, and the parameters that every request takes."""

    url: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_deployment(self) -> bool:
        """Whether this is a deployment of Azure, which takes its key in a header of its own."""
        return "/deployments/" in self.url


def split_address(url: str) -> Address:
    """Return the address in a URL, which may have parameters and may end with the path of one of the two APIs."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return Address(url)  # the first request reports what is wrong with it
    path = parts.path.rstrip("/")
    for endpoint in ENDPOINTS:
        path = path.removesuffix(endpoint)
    if not parts.query and path == parts.path.rstrip("/"):
        return Address(url)
    return Address(urlunsplit(parts._replace(path=path, query="", fragment="")), dict(parse_qsl(parts.query)))
