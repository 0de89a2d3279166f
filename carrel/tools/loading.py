"""The user's own tools: functions with `@tool` in files, and what packages offer as entry points."""

import importlib.util
import sys
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from carrel.errors import BadConfig
from carrel.tools.settings import ToolSettings
from carrel.tools.tool import Tool

GROUP = "carrel.tools"
"""The group of entry points: each is a tool, a list of tools, or a module that holds some."""

_FAILURES = (ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError, OSError,
             ArithmeticError, RuntimeError, AssertionError)  # fmt: skip
"""What a file may raise while it is loaded."""


def user_tools(settings: ToolSettings) -> list[Tool]:
    """Return the tools of all files and entry points, each with its approval.

    Raises:
        BadConfig: a file or entry point cannot be loaded, or holds no tool.
    """
    found = [tool for path in settings.files for tool in from_file(path)]
    if settings.entry_points:
        found += [tool for point in entry_points(group=GROUP) for tool in _from_entry_point(point)]
    return [settings.governed(tool) for tool in found]


def from_file(path: Path) -> list[Tool]:
    """Return the tools that a Python file defines. Raise BadConfig."""
    if not path.is_file():
        raise BadConfig(f"Tool file '{path}' does not exist.", "Correct files in the table [tools].")
    name = f"carrel_tools_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadConfig(f"Tool file '{path}' is not Python.", "Name it with .py at the end.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except _FAILURES as error:
        raise BadConfig(f"Tool file '{path}' cannot be loaded: {type(error).__name__}: {error}.", "Mend it.") from error
    return _tools_of(module) or _none(f"Tool file '{path}'")


def _from_entry_point(point: Any) -> list[Tool]:
    where = f"Entry point '{point.name}' of '{GROUP}'"
    try:
        found = point.load()
    except _FAILURES as error:
        raise BadConfig(f"{where} cannot be loaded: {type(error).__name__}: {error}.", "Mend that package.") from error
    return _tools_of(found) or _none(where)


def _tools_of(found: object) -> list[Tool]:
    if isinstance(found, Tool):
        return [found]
    members = vars(found).values() if isinstance(found, ModuleType) else found if isinstance(found, Iterable) else ()
    unique = {id(item): item for item in members if isinstance(item, Tool)}
    return list(unique.values())


def _none(where: str) -> list[Tool]:
    raise BadConfig(f"{where} holds no tool.", "Put @tool before a function: from carrel import tool.")
