"""Tools of MCP servers (Model Context Protocol), over standard input and output or HTTP.

One event loop in a thread of its own talks to all servers; the rest of Carrel stays synchronous. Needs the package
`mcp` (`pip install carrel[mcp]`), imported when a server is configured and not before.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from carrel.errors import BadArguments, ModelMistake, NotConfigured
from carrel.imports import importing
from carrel.keys import mask
from carrel.memory.turns.calls import Effect
from carrel.messages import ToolSchema, canonical
from carrel.network import connection_options
from carrel.text import clean_text, clip
from carrel.tools.schema import example
from carrel.tools.settings import MCP_SECONDS, ServerSettings
from carrel.tools.tool import Tool, ToolContext, ToolFailed, run_foreign_code

if TYPE_CHECKING:  # heavy, and only named here
    from anyio.from_thread import BlockingPortal
    from mcp import Client
    from mcp.types import CallToolResult
    from mcp.types import Tool as RemoteTool

MAX_NAME = 64
"""Characters of a tool's name that model servers take."""

MAX_DESCRIPTION = 1000

MIN_SECRET = 12
"""Characters from which on a word of a header is taken for a part of a secret."""

GRACE = 5.0
"""Seconds that a call may take beyond the server's time limit, so that the server is told first."""


class McpServers:
    """Connects to servers when their tools are needed, and disconnects when closed.

    A server that cannot be used is left out, and `problems` says why.
    """

    def __init__(self, servers: tuple[ServerSettings, ...], logs: Path) -> None:
        self.problems: list[str] = []
        self._servers = servers
        self._logs = logs
        self._stack = ExitStack()
        self._tools: list[Tool] | None = None

    def tools(self) -> list[Tool]:
        """Return the tools of all servers; connects at the first call."""
        if self._tools is None:
            if self._servers:
                _require_package()
            self._tools = [tool for server in self._servers for tool in self._connect(server)]
        return self._tools

    def close(self) -> None:
        """Disconnect from all servers; those that were started are stopped."""
        self._stack.close()
        self._tools = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self, server: ServerSettings) -> list[Tool]:
        """Return the tools that a server offers and the settings want; none where the server cannot be used."""

        def connect() -> list[Tool]:
            connection = self._stack.enter_context(_Connection.open(server, self._logs))
            wanted = frozenset(server.tools)
            return [connection.tool(remote) for remote in connection.list() if not wanted or remote.name in wanted]

        try:
            return run_foreign_code(connect)
        except ToolFailed as error:
            reason = mask(_describe(error.__cause__ or error), _secrets(server))
            self.problems.append(f"MCP server '{server.name}' cannot be used: {reason}. Its tools are not offered.")
            return []


class _Connection:
    """An open connection to one server."""

    def __init__(self, server: ServerSettings, portal: "BlockingPortal", client: "Client") -> None:
        self._server = server
        self._portal = portal
        self._client = client

    @classmethod
    @contextmanager
    def open(cls, server: ServerSettings, logs: Path) -> Iterator["_Connection"]:
        """Connect, and disconnect at the end."""
        from anyio.from_thread import start_blocking_portal

        with importing("mcp"):
            from mcp import Client

        with ExitStack() as stack:
            log = stack.enter_context(_log(logs, server.name))
            portal = stack.enter_context(start_blocking_portal(name=f"carrel-mcp-{server.name}"))
            client = Client(_transport(server, log), read_timeout_seconds=MCP_SECONDS)
            stack.enter_context(portal.wrap_async_context_manager(client))
            yield cls(server, portal, client)

    def list(self) -> "list[RemoteTool]":
        """Return the tools that the server offers, from all pages."""
        found: list[RemoteTool] = []
        cursor: str | None = None
        for _ in range(100):
            page = self._portal.call(lambda: self._client.list_tools(cursor=cursor))
            found.extend(page.tools)
            if (cursor := page.next_cursor) is None:
                break
        return found

    def tool(self, remote: "RemoteTool") -> Tool:
        """Return a tool that calls the server."""
        name = _identifier(f"{self._server.name}_{remote.name}")[:MAX_NAME]
        about = clip(" ".join(clean_text(remote.description or remote.title or remote.name).split()), MAX_DESCRIPTION)
        schema = ToolSchema(name, about, {"properties": {}, **remote.input_schema})
        reads = bool(remote.annotations and remote.annotations.read_only_hint)

        def invoke(arguments: dict[str, Any], context: ToolContext) -> str:
            _check_arguments(schema, arguments)
            seconds = self._server.timeout
            return _result_text(
                self._portal.call(lambda: self._client.call_tool(remote.name, arguments, read_timeout_seconds=seconds))
            )

        effect: Effect = "none" if reads else "outside"
        limit = self._server.timeout + GRACE
        return Tool(schema, effect, invoke, limit, self._server.output, self._server.approval)


def _transport(server: ServerSettings, log: Any) -> Any:
    with importing("mcp"):
        from mcp import StdioServerParameters, stdio_client

    if server.url:
        return _connect_http(server)
    command, *arguments = server.command
    return stdio_client(StdioServerParameters(command=command, args=arguments, env=dict(server.env)), log)


@asynccontextmanager
async def _connect_http(server: ServerSettings) -> AsyncIterator[Any]:
    with importing("httpx2", "mcp"):
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

    limits = httpx2.Timeout(MCP_SECONDS, read=300.0)
    async with (
        httpx2.AsyncClient(headers=dict(server.headers), timeout=limits, **connection_options(server.url)) as http,
        streamable_http_client(server.url, http_client=http) as streams,
    ):
        yield streams


@contextmanager
def _log(logs: Path, name: str) -> Iterator[Any]:
    """Open the log of a server's standard error, which must not reach the terminal of the chat."""
    logs.mkdir(mode=0o700, exist_ok=True)
    file = logs / f"mcp-{_identifier(name)}.log"
    with file.open("a", encoding="utf-8") as log:
        yield log


def _require_package() -> None:
    """Raise NotConfigured where the package `mcp` is not installed."""
    if find_spec("mcp") is None:
        raise NotConfigured("MCP servers need the package 'mcp'.", "Run pip install 'carrel[mcp]'.")


def _secrets(server: ServerSettings) -> list[str]:
    """Return what the settings give a server in secret: headers and variables, and the longer words in them."""
    values = [*server.headers.values(), *server.env.values()]
    return values + [word for value in values for word in value.split() if len(word) >= MIN_SECRET]


def _describe(error: BaseException) -> str:
    """Return what went wrong with a server, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return clip(_one_line(str(error)) or type(error).__name__, 300).rstrip(".")


def _identifier(name: str) -> str:
    """Return a name in the characters that model servers take."""
    return re.sub(r"[^\w-]", "_", name, flags=re.ASCII)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _check_arguments(schema: ToolSchema, arguments: Mapping[str, Any]) -> None:
    """Check arguments against a server's own schema. Raise BadArguments."""
    import jsonschema

    try:
        jsonschema.validate(dict(arguments), dict(schema.parameters))
    except jsonschema.ValidationError as error:
        where = ".".join(map(str, error.absolute_path)) or "arguments"
        remedy = f"Call it like this: {example(schema.name, schema.parameters)}"
        raise BadArguments(f"The arguments of {schema.name} do not fit: {where}: {error.message}.", remedy) from None
    except jsonschema.SchemaError:
        return  # the server's own schema is invalid: let the server judge


def _result_text(result: "CallToolResult") -> str:
    """Return a result as text. Raise ModelMistake where it is an error."""
    parts = [part.text if part.type == "text" else f"[{part.type}]" for part in result.content]
    if not parts and result.structured_content is not None:
        parts = [canonical(result.structured_content)]
    text = "\n".join(parts) or "Done."
    if result.is_error:
        raise ModelMistake(text)
    return text
