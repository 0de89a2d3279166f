"""Change config.toml and credentials.toml in the home: comments stay, and what would not be valid is not written."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from carrel.errors import BadConfig, UsageError

if TYPE_CHECKING:  # for types only
    from tomlkit import TOMLDocument

CREDENTIALS = "credentials.toml"
SETTINGS = "config.toml"

_WORDS = {"true": True, "false": False}


def set_value(home: Path, name: str, text: str) -> None:
    """Set a setting, or a key, in the file that it belongs to.

    Raises:
        BadConfig: there is no such setting, it cannot have this value, or the file is not TOML. Nothing is changed.
    """
    from carrel import config

    config.load(home, {name: _value(name, text)}, {})
    _change(home, name, lambda table, key: table.__setitem__(key, _value(name, text)))


def unset_value(home: Path, name: str) -> bool:
    """Remove a setting, or a key, from its file; return whether it was there. Raise BadConfig as `set_value`."""
    from carrel import config

    if name not in config.Settings.model_fields:
        config.load(home, {name: ""}, {})  # says which one is meant
    removed: list[bool] = []
    _change(home, name, lambda table, key: removed.append(table.pop(key, None) is not None))
    return removed[0]


def check_file(home: Path, text: str) -> None:
    """Raise BadConfig where a text cannot be the settings file of a home."""
    import tempfile

    from carrel import config

    with tempfile.TemporaryDirectory(dir=home) as folder:
        (Path(folder) / SETTINGS).write_text(text, encoding="utf-8")
        config.load(Path(folder), {}, {})


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole by one that its owner alone may read.

    Raises:
        UsageError: it cannot be written.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}.", "Check its permissions.") from None


def _change(home: Path, name: str, change: Callable[["TOMLDocument", str], object]) -> None:
    import tomlkit

    from carrel import config

    path = config.make_home(home) / (CREDENTIALS if name in config.SECRETS else SETTINGS)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        document = tomlkit.parse(text)
    except ValueError as error:
        raise BadConfig(f"'{path}' is not valid TOML: {error}.", "Correct it with carrel config edit.") from None
    table, key = document, name
    if name.startswith("limit_"):
        if "limits" not in document:
            document["limits"] = tomlkit.table()
        table, key = document["limits"], name.removeprefix("limit_")
    elif name == "tools" and hasattr(document.get("tools"), "items"):  # the table of tool files and approvals
        table, key = document["tools"], "offer"
    change(table, key)
    write_private(path, tomlkit.dumps(document))


def _value(name: str, text: str) -> str | int | float | bool:
    """Return a value as TOML writes it: true, false, a number or a text, by the kind of the setting."""
    from carrel import config

    field = config.Settings.model_fields.get(name)
    default = field.default if field else ""
    if isinstance(default, bool):
        return _WORDS.get(text.lower(), text)
    try:
        return type(default)(text) if isinstance(default, int | float) else text
    except ValueError:
        return text
