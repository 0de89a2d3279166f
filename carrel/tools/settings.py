"""What `config.toml` says about tools: the tables [tools] and [mcp.NAME]. Pure."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import Any, cast, get_args

from carrel.errors import BadConfig
from carrel.tools.tool import MAX_RESULT, TIMEOUT, Approval, Tool

APPROVALS: tuple[str, ...] = get_args(Approval)
MCP_SECONDS = 30.0
"""Seconds that an MCP server may take to start."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One MCP server: a command to run, or an address to call."""

    name: str
    _: KW_ONLY
    command: tuple[str, ...] = ()
    url: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    """The tools to offer; empty: all."""
    approval: Approval = "ask"
    timeout: float = TIMEOUT
    output: int = MAX_RESULT


@dataclass(frozen=True, slots=True)
class ToolSettings:
    """Which tools of the user's there are, and which of them need approval."""

    files: tuple[Path, ...] = ()
    entry_points: bool = True
    approval: Mapping[str, Approval] = field(default_factory=dict)
    servers: tuple[ServerSettings, ...] = ()

    def with_approval(self, tool: Tool) -> Tool:
        """Return a tool with the approval that the settings give it by name."""
        given = self.approval.get(tool.schema.name)
        return tool if given is None else replace(tool, approval=given)


def tool_settings(tables: Mapping[str, Any], home: Path) -> ToolSettings:
    """Return what the tables say; paths are relative to the home. `tools.offer` is the setting `tools`.

    Raises:
        BadConfig: a key is unknown, or has a value of the wrong kind.
    """
    table = _table("tools", tables.get("tools", {}), {"files", "entry_points", "approval", "offer"})
    approval = _mapping("tools.approval", table.get("approval", {}))
    servers = _mapping("mcp", tables.get("mcp", {}))
    return ToolSettings(
        files=tuple(home / Path(name).expanduser() for name in _strings("tools.files", table.get("files", []))),
        entry_points=bool(table.get("entry_points", True)),
        approval={name: _approval(f"tools.approval.{name}", value) for name, value in approval.items()},
        servers=tuple(_server(name, value) for name, value in servers.items()),
    )


def _server(name: str, given: Any) -> ServerSettings:
    where = f"mcp.{name}"
    known = {"command", "url", "env", "headers", "tools", "approval", "timeout", "output"}
    table = _table(where, given, known)
    if bool(table.get("command")) == bool(table.get("url")):
        raise BadConfig(f"Table '{where}' needs a command or a url.", 'Write command = ["program", "argument"].')
    return ServerSettings(
        name=name,
        command=_strings(f"{where}.command", table.get("command", [])),
        url=str(table.get("url", "")),
        env={key: str(value) for key, value in _mapping(f"{where}.env", table.get("env", {})).items()},
        headers={key: str(value) for key, value in _mapping(f"{where}.headers", table.get("headers", {})).items()},
        tools=_strings(f"{where}.tools", table.get("tools", [])),
        approval=_approval(f"{where}.approval", table.get("approval", "ask")),
        timeout=_number(f"{where}.timeout", table.get("timeout", TIMEOUT)),
        output=int(_number(f"{where}.output", table.get("output", MAX_RESULT))),
    )


def _table(where: str, value: Any, keys: set[str]) -> Mapping[str, Any]:
    table = _mapping(where, value)
    if unknown := sorted(table.keys() - keys):
        raise BadConfig(f"Setting '{where}.{unknown[0]}' is unknown.", f"There is: {', '.join(sorted(keys))}.")
    return table


def _mapping(where: str, value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise BadConfig(f"Setting '{where}' is {value!r}.", f"Write a table [{where}].")


def _strings(where: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise BadConfig(f"Setting '{where}' is {value!r}.", 'Write a list of texts, such as ["one", "two"].')


def _number(where: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise BadConfig(f"Setting '{where}' is {value!r}.", "Write a number above 0.")


def _approval(where: str, value: Any) -> Approval:
    if value in APPROVALS:
        return cast("Approval", value)
    raise BadConfig(f"Setting '{where}' is {value!r}.", f"Write one of {', '.join(APPROVALS)}.")
