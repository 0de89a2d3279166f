"""The tables [tools] and [mcp.NAME] of config.toml."""

from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadConfig
from carrel.tools.settings import ServerSettings, ToolSettings, tool_settings
from carrel.tools.tool import tool


@tool
def post() -> None:
    """Post."""


def test_without_tables_there_are_the_defaults(home: Path) -> None:
    """No files and no servers, and tools of installed packages are used."""
    assert tool_settings({}, home) == ToolSettings()


def test_tables_are_read_whole(home: Path) -> None:
    """Paths count from the home; every key of a server has its place, numbers and texts in their own types."""
    server = {
        "command": ["python", "-m", "weather"],
        "env": {"PORT": 80},
        "tools": ["forecast"],
        "approval": "always",
        "timeout": 5,
        "output": 900,
    }
    tables = {
        "tools": {"files": ["mine.py", "/opt/theirs.py"], "entry_points": False, "approval": {"post": "never"}},
        "mcp": {"weather": server, "far": {"url": "http://localhost/mcp", "headers": {"X": "y"}}},
    }
    assert tool_settings(tables, home) == ToolSettings(
        files=(home / "mine.py", Path("/opt/theirs.py")),
        entry_points=False,
        approval={"post": "never"},
        servers=(
            ServerSettings(
                "weather",
                command=("python", "-m", "weather"),
                env={"PORT": "80"},
                tools=("forecast",),
                approval="always",
                timeout=5.0,
                output=900,
            ),
            ServerSettings("far", url="http://localhost/mcp", headers={"X": "y"}),
        ),
    )


def test_approval_is_given_by_name(home: Path) -> None:
    """A tool that is named gets the approval of the settings, another one stays as it is."""
    settings = tool_settings({"tools": {"approval": {"post": "ask"}}}, home)
    assert settings.with_approval(post).approval == "ask"
    assert ToolSettings().with_approval(post) is post


@pytest.mark.parametrize(
    ("tables", "message", "hint"),
    [
        (
            {"tools": {"file": []}},
            "Setting 'tools.file' is unknown.",
            "There is: approval, entry_points, files, ",
        ),
        ({"tools": 5}, "Setting 'tools' is 5.", "Write a table [tools]."),
        ({"tools": {"files": "mine.py"}}, "Setting 'tools.files' is 'mine.py'.", "Write a list of texts"),
        ({"tools": {"approval": {"post": "yes"}}}, "Setting 'tools.approval.post' is 'yes'.", "Write one of "),
        ({"mcp": {"a": {}}}, "Table 'mcp.a' needs a command or a url.", "Write command = "),
        ({"mcp": {"a": {"url": "http://x", "command": ["x"]}}}, "Table 'mcp.a' needs a command or a url.", "Write"),
        ({"mcp": {"a": {"url": "http://x", "timeout": 0}}}, "Setting 'mcp.a.timeout' is 0.", "Write a number above 0."),
        ({"mcp": {"a": {"url": "http://x", "output": True}}}, "Setting 'mcp.a.output' is True.", "Write a number"),
    ],
)
def test_a_mistake_names_the_setting(home: Path, tables: dict[str, Any], message: str, hint: str) -> None:
    """Its place in the file, what stands there, and what to write."""
    with pytest.raises(BadConfig) as caught:
        tool_settings(tables, home)
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)
