"""Tools of MCP servers (Model Context Protocol), over standard input and output or HTTP.

One event loop in a thread of its own talks to all servers; the rest of Carrel stays synchronous. Needs the package
`mcp` (`pip install carrel[mcp]`), imported when a server is configured and not before.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from carrel.errors import BadArguments, ModelMistake, NotConfigured
from carrel.memory.turns.calls import Effect
from carrel.messages import ToolSchema, canonical
from carrel.text import clean_text, clip
from carrel.tools.schema import example
from carrel.tools.settings import MCP_SECONDS, ServerSettings
from carrel.tools.tool import Tool, ToolContext

if TYPE_CHECKING:  # heavy, and only named here
    from anyio.from_thread import BlockingPortal
    from mcp import Client
    from mcp.types import CallToolResult
    from mcp.types import Tool as RemoteTool

LONGEST_NAME = 64
"""Characters of a tool's name that servers of models take."""

LONGEST_DESCRIPTION = 1000

GRACE = 5.0
"""Seconds that a call may take beyond the server's time limit, so that the server hears of it first."""


class McpServers:
    """Connects to servers when their tools are wanted, and leaves them when closed.

    A server that cannot be reached is passed over; `problems` tells of it.
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
            self._tools = [tool for server in self._servers for tool in self._offered(server)]
        return self._tools

    def close(self) -> None:
        """Leave all servers; those that were started are stopped."""
        self._stack.close()
        self._tools = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _offered(self, server: ServerSettings) -> Iterator[Tool]:
        with _explained(server, self.problems):
            connection = self._stack.enter_context(_Connection.opened(server, self._logs))
            wanted = frozenset(server.tools)
            yield from (connection.tool(remote) for remote in connection.list() if not wanted or remote.name in wanted)


class _Connection:
    """An open connection to one server."""

    def __init__(self, server: ServerSettings, portal: "BlockingPortal", client: "Client") -> None:
        self._server = server
        self._portal = portal
        self._client = client

    @classmethod
    @contextmanager
    def opened(cls, server: ServerSettings, logs: Path) -> Iterator["_Connection"]:
        """Connect, and disconnect at the end."""
        from anyio.from_thread import start_blocking_portal
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
        name = _plain(f"{self._server.name}_{remote.name}")[:LONGEST_NAME]
        about = clip(
            " ".join(clean_text(remote.description or remote.title or remote.name).split()), LONGEST_DESCRIPTION
        )
        schema = ToolSchema(name, about, {"properties": {}, **remote.input_schema})
        reads = bool(remote.annotations and remote.annotations.read_only_hint)

        def invoke(arguments: dict[str, Any], context: ToolContext) -> str:
            _check(schema, arguments)
            seconds = self._server.timeout
            return _text_of(
                self._portal.call(lambda: self._client.call_tool(remote.name, arguments, read_timeout_seconds=seconds))
            )

        effect: Effect = "none" if reads else "outside"
        limit = self._server.timeout + GRACE
        return Tool(schema, effect, invoke, limit, self._server.output, self._server.approval)


def _transport(server: ServerSettings, log: Any) -> Any:
    from mcp import StdioServerParameters, stdio_client

    if server.url:
        return _over_http(server)
    command, *arguments = server.command
    return stdio_client(StdioServerParameters(command=command, args=arguments, env=dict(server.env)), log)


@asynccontextmanager
async def _over_http(server: ServerSettings) -> AsyncIterator[Any]:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    limits = httpx2.Timeout(MCP_SECONDS, read=300.0)
    async with (
        httpx2.AsyncClient(headers=dict(server.headers), timeout=limits) as http,
        streamable_http_client(server.url, http_client=http) as streams,
    ):
        yield streams


@contextmanager
def _log(logs: Path, name: str) -> Iterator[Any]:
    """Open the file for what a server says on standard error: the terminal belongs to the chat."""
    logs.mkdir(mode=0o700, exist_ok=True)
    file = logs / f"mcp-{_plain(name)}.log"
    with file.open("a", encoding="utf-8") as log:
        yield log


@contextmanager
def _explained(server: ServerSettings, problems: list[str]) -> Iterator[None]:
    """Turn whatever goes wrong with a server into a sentence; the agent goes on without it."""
    try:
        import httpx2
        from mcp import MCPError
    except ImportError:
        raise NotConfigured("MCP servers need the package 'mcp'.", "Run pip install 'carrel[mcp]'.") from None
    try:
        yield
    except* (MCPError, OSError, ValueError, RuntimeError, TimeoutError, httpx2.HTTPError) as errors:
        first: BaseException = errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        reason = clip(_folded(str(first)) or type(first).__name__, 300).rstrip(".")
        problems.append(f"MCP server '{server.name}' cannot be used: {reason}. Its tools are not offered.")


def _plain(name: str) -> str:
    """Return a name in the letters that servers of models take."""
    return re.sub(r"[^\w-]", "_", name, flags=re.ASCII)


def _folded(text: str) -> str:
    return " ".join(clean_text(text).split())


def _check(schema: ToolSchema, arguments: Mapping[str, Any]) -> None:
    """Check arguments against a server's own schema. Raise BadArguments."""
    import jsonschema

    try:
        jsonschema.validate(dict(arguments), dict(schema.parameters))
    except jsonschema.ValidationError as error:
        where = ".".join(map(str, error.absolute_path)) or "arguments"
        remedy = f"Call it like this: {example(schema.name, schema.parameters)}"
        raise BadArguments(f"The arguments of {schema.name} do not fit: {where}: {error.message}.", remedy) from None
    except jsonschema.SchemaError:
        return  # the server's own schema is wrong: let it judge for itself


def _text_of(result: "CallToolResult") -> str:
    """Return a result as text. Raise ModelMistake where it is an error."""
    parts = [part.text if part.type == "text" else f"[{part.type}]" for part in result.content]
    if not parts and result.structured_content is not None:
        parts = [canonical(result.structured_content)]
    text = "\n".join(parts) or "Done."
    if result.is_error:
        raise ModelMistake(text)
    return text
