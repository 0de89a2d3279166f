"""Write docs/commands.md from the help of every command and slash command.

Run from the repository root: `.venv/bin/python docs/commands.py`. `tests/test_docs.py` checks that it was run.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from carrel.cli import app
from carrel.cli.slash.registry import COMMANDS

PAGE = Path(__file__).with_name("commands.md")
HEAD = """\
# Commands

Written by `make commands` from the program: `--help` behind a command says the same. Every command that prints
data takes `--json`. Ids may be shortened, and may lack their letter.
"""
SLASH = """\
## In the chat

Slash commands are never sent to the model. Upper and lower case are the same, a mistyped name suggests the nearest,
and two slashes begin a message that starts with one. In a pipe, what they print goes to standard error.

| command | what it does |
|---|---|
"""


def page() -> str:
    """Return the text of the page."""
    root: Any = get_command(app)
    return f"{HEAD}{''.join(_describe(root, 'carrel'))}\n{SLASH}{''.join(_slash_rows())}"


def _slash_rows() -> Iterator[str]:
    for command in COMMANDS:
        also = f" (also {', '.join(f'`/{alias}`' for alias in command.aliases)})" if command.aliases else ""
        yield f"| `{_cell(command.usage)}` | {command.about}{also} |\n"


def _describe(group: Any, path: str) -> Iterator[str]:
    """Yield the commands of a group, and after them those of the groups in it."""
    groups = []
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            groups.append((command, f"{path} {name}"))
        else:
            yield from _describe_command(command, f"{path} {name}")
    for inner, inner_path in groups:
        yield from _describe(inner, inner_path)


def _describe_command(command: Any, path: str) -> Iterator[str]:
    given = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    arguments = "".join(f" {_metavar(param)}" for param in given)
    yield f"\n## {path}{arguments}\n\n{' '.join(command.help.split())}\n"
    rows = [(_metavar(param), param.help) for param in given if param.help]
    rows += [(", ".join(param.opts), param.help or "") for param in options if "--help" not in param.opts]
    if rows:
        yield "\n| | |\n|---|---|\n"
        yield from (f"| `{_cell(name)}` | {_cell(text)} |\n" for name, text in rows)


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
