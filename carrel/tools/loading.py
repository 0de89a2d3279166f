"""Load the user's own tools: functions with `@tool` in files, and what installed packages offer as entry points."""

import importlib.util
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from carrel.errors import BadConfig
from carrel.tools.settings import ToolSettings
from carrel.tools.tool import Tool, ToolFailed, run_foreign_code

GROUP = "carrel.tools"
"""The group of entry points: each is a tool, a list of tools, or a module that holds some."""


def load_user_tools(settings: ToolSettings) -> list[Tool]:
    """Return the tools of all files and entry points, each with the approval that the settings give it.

    Raises:
        BadConfig: a file or entry point cannot be loaded, or holds no tool.
    """
    found = [tool for path in settings.files for tool in load_file(path)]
    if settings.entry_points:
        found += [tool for point in entry_points(group=GROUP) for tool in _load_entry_point(point)]
    return [settings.with_approval(tool) for tool in found]


def load_file(path: Path) -> list[Tool]:
    """Return the tools that a Python file defines. Raise BadConfig."""
    if not path.is_file():
        raise BadConfig(f"Tool file '{path}' does not exist.", "Correct 'files' in the table [tools].")
    name = f"carrel_tools_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadConfig(f"Tool file '{path}' is not a Python file.", "Give it a name that ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader = spec.loader
    where = f"Tool file '{path}'"
    _load(where, "Correct the file.", lambda: loader.exec_module(module))
    return _tools_in(module, where)


def _load_entry_point(point: Any) -> list[Tool]:
    where = f"Entry point '{point.name}' of '{GROUP}'"
    return _tools_in(_load(where, "Correct or uninstall its package.", point.load), where)


def _load(where: str, remedy: str, load: Callable[[], Any]) -> Any:
    """Run code of the user's that defines tools. Raise BadConfig where it fails."""
    try:
        return run_foreign_code(load)
    except ToolFailed as error:
        raise BadConfig(f"{where} cannot be loaded: {error.message}.", remedy) from error


def _tools_in(found: object, where: str) -> list[Tool]:
    """Return a tool itself, or the tools in a list or module. Raise BadConfig where there are none."""
    if isinstance(found, Tool):
        return [found]
    members = vars(found).values() if isinstance(found, ModuleType) else found if isinstance(found, Iterable) else ()
    tools = {id(item): item for item in members if isinstance(item, Tool)}
    if not tools:
        raise BadConfig(f"{where} holds no tool.", "Put @tool before a function: from carrel import tool.")
    return list(tools.values())
