"""Settings, each with where it came from: flag > environment > file > default."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from carrel.errors import BadConfig, HomeUnusable

SECRETS = frozenset({"api_key", "embedder_key"})
OPENAI_VARIABLES = {"api_key": "OPENAI_API_KEY", "base_url": "OPENAI_BASE_URL"}
HOME_REMEDY = "Set CARREL_HOME to a directory that you may write."


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; `carrel config show` prints it."""

    model: str = _setting("", "the model's name; empty: gpt-5-mini with a key or server, else the offline model")
    base_url: str = _setting("", "an OpenAI-compatible server, such as http://localhost:11434/v1")
    api_key: str = _setting("", "the server's key; kept in credentials.toml, never shown")
    timeout: float = _setting(90.0, "seconds without a byte from the server before giving up")
    window: int = _setting(8000, "tokens that the main context may take, reply included")
    reply_tokens: int = _setting(1024, "tokens kept free for the reply; at most an eighth of the window")
    max_steps: int = _setting(12, "model calls in one turn")
    max_turn_tokens: int = _setting(200_000, "tokens sent and received in one turn")
    warn_share: float = _setting(0.7, "share of the prompt's budget at which the agent is told to save what matters")
    flush_share: float = _setting(1.0, "share of the prompt's budget at which the queue is flushed")
    evict_share: float = _setting(0.5, "share of the queue that a flush evicts")
    page_in: bool = _setting(True, "look up memory at each user message, before the model is asked")
    page_in_share: float = _setting(0.12, "share of the window that recalled memories may take")
    contract: str = _setting("native", "how the agent speaks: native, or memgpt (send_message, heartbeats)")
    consolidate: bool = _setting(False, "after a session, review what was said and put memory in order")
    consolidate_tokens: int = _setting(20_000, "tokens that one consolidation may send and receive")
    embedder: str = _setting("local", "local (MiniLM), none (words only), st:NAME or remote:MODEL")
    embedder_url: str = _setting("", "the server of a remote embedder; empty: base_url")
    embedder_key: str = _setting("", "its key; empty: api_key")
    device: str = _setting("auto", "where the embedder runs: auto, cpu, cuda, mps")
    limit_persona: int = _setting(2000, "characters that the block 'persona' may hold")
    limit_human: int = _setting(2000, "characters that the block 'human' may hold")

    def __post_init__(self) -> None:
        _check_ranges(self)


@dataclass(frozen=True, slots=True)
class Origin:
    """A setting's value and where it came from."""

    name: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Config:
    """Settings, their origins and the home they belong to."""

    home: Path
    settings: Settings
    origins: Mapping[str, str]

    def table(self) -> list[Origin]:
        """Return every setting with its origin, secrets masked."""
        return [
            Origin(item.name, shown(item.name, getattr(self.settings, item.name)), self.origins[item.name])
            for item in fields(Settings)
        ]


def shown(name: str, value: Any) -> Any:
    """Return a value as it may be printed."""
    if name in SECRETS and value:
        return f"…{value[-4:]}" if len(value) > 8 else "(set)"
    if name.endswith("_url"):
        return re.sub(r"//[^/?#]*@", "//…@", value)
    return value


def about(name: str) -> str:
    """Return what a setting means."""
    return str(next(item.metadata["about"] for item in fields(Settings) if item.name == name))


def default_home(environment: Mapping[str, str]) -> Path:
    """Return CARREL_HOME, or the platform's data directory."""
    if named := environment.get("CARREL_HOME"):
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("carrel", appauthor=False)


def load(
    home: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Read all sources and return the settings.

    Raises:
        BadConfig: a file is not TOML, a key is unknown or a value has the wrong type.
    """
    variables = os.environ if environment is None else environment
    place = home or default_home(variables)
    merged: dict[str, tuple[Any, str]] = {item.name: (item.default, "default") for item in fields(Settings)}
    for source in (_from_files(place), _from_environment(variables), _from_flags(flags or {})):
        merged.update(source)
    values = {name: value for name, (value, _) in merged.items()}
    return Config(place, Settings(**values), {name: origin for name, (_, origin) in merged.items()})


def make_home(home: Path) -> Path:
    """Make the home directory, readable by its owner alone.

    Raises:
        HomeUnusable: it cannot be made, is a file, or cannot be written.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise HomeUnusable(f"Home '{home}' is not a directory.", HOME_REMEDY) from None
    except OSError as error:
        raise HomeUnusable(f"Home '{home}' cannot be made: {error.strerror}.", HOME_REMEDY) from None
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise HomeUnusable(f"Home '{home}' cannot be written.", HOME_REMEDY)
    return home


def _from_files(home: Path) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for path in (home / "config.toml", home / "credentials.toml"):
        found.update((name, (value, str(path))) for name, value in _read_toml(path).items())
    return found


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        raise HomeUnusable(f"Home '{path.parent}' is not a directory.", HOME_REMEDY) from None
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise BadConfig(f"'{path}' is not valid TOML: {error}.", "Correct the line, or move the file away.") from None
    except OSError as error:
        raise BadConfig(f"'{path}' cannot be read: {error.strerror}.", "Check its permissions.") from None
    return {name: _coerce(name, value, str(path)) for name, value in _flatten(content).items()}


def _flatten(content: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if name == "limits" and isinstance(value, dict):
            flat.update({f"limit_{label}": limit for label, limit in value.items()})
        else:
            flat[name] = value
    return flat


def _from_environment(variables: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for item in fields(Settings):
        for variable in (OPENAI_VARIABLES.get(item.name), f"CARREL_{item.name.upper()}"):
            if variable and variables.get(variable):
                found[item.name] = (_coerce(item.name, variables[variable], variable), variable)
    return found


def _from_flags(flags: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    return {name: (_coerce(name, value, "flag"), "flag") for name, value in flags.items() if value is not None}


def _coerce(name: str, value: Any, origin: str) -> Any:
    """Turn a value into the setting's type."""
    item = _field(name, origin)
    kind: type[Any] = type(item.default)
    if kind is bool and isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if fits:
        return value
    try:
        if kind is bool or isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError
        if kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError
        return kind(value)
    except (ValueError, OverflowError):
        wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[kind]
        what = "not text" if name in SECRETS else repr(value)
        raise BadConfig(f"Setting '{name}' ({origin}) is {what}.", f"It takes {wanted}.") from None


_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _field(name: str, origin: str) -> Field[Any]:
    for item in fields(Settings):
        if item.name == name:
            return item
    import difflib

    near = difflib.get_close_matches(name, [item.name for item in fields(Settings)], 1)
    hint = f"Did you mean '{near[0]}'?" if near else "See carrel config show."
    raise BadConfig(f"Setting '{name}' ({origin}) is unknown.", hint)


def _check_ranges(settings: Settings) -> None:
    for name, low, high in (
        ("window", 500, 10_000_000),
        ("reply_tokens", 16, 1_000_000),
        ("max_steps", 1, 1000),
        ("max_turn_tokens", 1000, 1_000_000_000),
        ("warn_share", 0.1, 1.0),
        ("flush_share", 0.3, 1.0),
        ("evict_share", 0.1, 1.0),
        ("page_in_share", 0.0, 0.5),
        ("consolidate_tokens", 1000, 1_000_000_000),
        ("timeout", 1, 86_400),
        ("limit_persona", 1, 1_000_000),
        ("limit_human", 1, 1_000_000),
    ):
        if not low <= getattr(settings, name) <= high:
            raise BadConfig(f"Setting '{name}' is {getattr(settings, name)}.", f"It must lie between {low} and {high}.")
    if settings.contract not in {"native", "memgpt"}:
        raise BadConfig(f"Setting 'contract' is {settings.contract!r}.", "It is one of native, memgpt.")
    if settings.device not in {"auto", "cpu", "cuda", "mps"}:
        raise BadConfig(f"Setting 'device' is {settings.device!r}.", "It is one of auto, cpu, cuda, mps.")
