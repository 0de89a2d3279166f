"""Settings, each with where it came from: flag > environment > file > default."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from carrel.errors import BadConfig, HomeUnusable, NotConfigured
from carrel.keys import clean_key
from carrel.network import hide_credentials, is_azure_openai, is_openai

SECRETS = frozenset({"api_key", "embedder_key"})
OPENAI_VARIABLES = {"api_key": "OPENAI_API_KEY", "base_url": "OPENAI_BASE_URL"}
TABLES = ("tools", "mcp")
"""Tables of config.toml that are read where they are needed, by carrel.tools.settings."""
HOME_REMEDY = "Set CARREL_HOME to a directory that you may write."


def _refuse_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is wanted")
    return value


def _refuse_number(value: object) -> object:
    if not isinstance(value, bool | str):
        raise ValueError("a word is wanted")
    return value


def _setting(default: Any, about: str, ge: float | None = None, le: float | None = None) -> Any:
    return Field(default, description=about, ge=ge, le=le)


Whole = Annotated[int, BeforeValidator(_refuse_boolean)]
Number = Annotated[float, BeforeValidator(_refuse_boolean)]
Switch = Annotated[bool, BeforeValidator(_refuse_number)]


class Settings(BaseModel):
    """Everything that can be set; `carrel config show` prints it."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    model: str = _setting("", "the model's name; empty: gpt-5-mini with a key or server, else the offline model")
    base_url: str = _setting("", "an OpenAI-compatible server, such as http://localhost:11434/v1")
    api_key: str = _setting("", "the server's key; kept in credentials.toml, never shown")
    timeout: Number = _setting(90.0, "seconds without a byte from the server before giving up", ge=1, le=86_400)
    window: Whole = _setting(8000, "tokens that the main context may take, reply included", ge=500, le=10_000_000)
    reply_tokens: Whole = _setting(
        1024, "tokens kept free for the reply; at most an eighth of the window", ge=16, le=1_000_000
    )
    max_steps: Whole = _setting(12, "model calls in one turn", ge=1, le=1000)
    max_turn_tokens: Whole = _setting(200_000, "tokens sent and received in one turn", ge=1000, le=1_000_000_000)
    max_session_tokens: Whole = _setting(
        0, "tokens sent and received in one session; 0: no limit", ge=0, le=1_000_000_000_000
    )
    max_turn_seconds: Number = _setting(
        900.0, "seconds that one turn may take before it is brought to a close", ge=1, le=1_000_000
    )
    api: Literal["auto", "chat", "responses"] = _setting(
        "auto", "by which API the model is asked: chat, responses, or auto by the model and by what its server says"
    )
    capabilities: str = _setting("", "what the server can, where that is not found out: tools=no window=4096")
    warn_share: Number = _setting(
        0.7, "share of the prompt's budget at which the agent is told to save what matters", ge=0.1, le=1.0
    )
    flush_share: Number = _setting(1.0, "share of the prompt's budget at which the queue is flushed", ge=0.3, le=1.0)
    evict_share: Number = _setting(0.5, "share of the queue that a flush evicts", ge=0.1, le=1.0)
    page_in: Switch = _setting(True, "look up memory at each user message, before the model is asked")
    page_in_share: Number = _setting(0.12, "share of the window that recalled memories may take", ge=0.0, le=0.5)
    contract: Literal["auto", "native", "action", "text", "none", "memgpt"] = _setting(
        "auto",
        "how the model is asked to act: auto finds it out; native, action, text, none, or memgpt (send_message)",
    )
    tools: Literal["auto", "core", "all"] = _setting(
        "auto", "which tools the model is offered: all, core (a search of memory and your own), or auto by contract"
    )
    capture: Literal["auto", "on", "off"] = _setting(
        "auto", "keep what the user says of themselves after each turn; auto: where the model is not offered all tools"
    )
    consolidate: Switch = _setting(False, "after a session, review what was said and put memory in order")
    consolidate_tokens: Whole = _setting(
        20_000, "tokens that one consolidation may send and receive", ge=1000, le=1_000_000_000
    )
    embedder: str = _setting("local", "local (MiniLM), none (words only), st:NAME or remote:MODEL")
    embedder_url: str = _setting("", "the server of a remote embedder; empty: base_url")
    embedder_key: str = _setting("", "its key; empty: api_key, if it is on the same host")
    device: Literal["auto", "cpu", "cuda", "mps"] = _setting("auto", "where the embedder runs: auto, cpu, cuda, mps")
    editing_mode: Literal["emacs", "vi"] = _setting("emacs", "keys of the chat's line editor: emacs or vi")
    limit_persona: Whole = _setting(2000, "characters that the block 'persona' may hold", ge=1, le=1_000_000)
    limit_human: Whole = _setting(2000, "characters that the block 'human' may hold", ge=1, le=1_000_000)


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
    tables: Mapping[str, Any] = field(default_factory=dict)
    """The tables of config.toml that are no settings: tools and mcp."""
    openai_key_withheld: bool = False
    """Whether OPENAI_API_KEY is set, and not used, because the server is none that it belongs to."""

    def table(self) -> list[Origin]:
        """Return every setting with its origin, secrets masked."""
        return [
            Origin(name, shown(name, getattr(self.settings, name)), self.origins[name])
            for name in Settings.model_fields
        ]


def shown(name: str, value: Any) -> Any:
    """Return a value as it may be printed."""
    if name in SECRETS and value:
        return f"…{value[-4:]}" if len(value) > 8 else "(set)"
    if name.endswith("_url"):
        return hide_credentials(value)
    return value


def about(name: str) -> str:
    """Return what a setting means."""
    return str(Settings.model_fields[name].description)


def default_home(environment: Mapping[str, str]) -> Path:
    """Return CARREL_HOME, or the platform's data directory.

    Raises:
        HomeUnusable: it is in the home directory of a user, and the system knows none.
    """
    named = environment.get("CARREL_HOME")
    from platformdirs import user_data_path

    place = Path(named) if named else user_data_path("carrel", appauthor=False)
    try:
        return place.expanduser().absolute()
    except RuntimeError:
        problem = f"Home '{place}' is in the home directory of a user, and the system knows none."
        raise HomeUnusable(problem, HOME_REMEDY) from None
    except FileNotFoundError:
        remedy = "Change to another, or set CARREL_HOME to an absolute path."
        raise HomeUnusable("The current directory does not exist any more.", remedy) from None


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
    sources = [_from_files(place), _from_environment(variables), _from_flags(flags or {})]
    for source in sources:
        _trim_addresses(source)
    withheld = _withhold_openai_key(sources, variables)
    given: dict[str, _Given] = {}
    for source in sources:
        given.update(source)
    _clean_keys(given)
    origins = {name: given[name].origin if name in given else "default" for name in Settings.model_fields}
    content = _content(place / "config.toml")
    tables = {name: content[name] for name in TABLES if isinstance(content.get(name), dict)}
    return Config(place, _checked(given), origins, tables, withheld)


def make_home(home: Path) -> Path:
    """Make the home directory, readable by its owner alone.

    Raises:
        HomeUnusable: it cannot be made, is a file, cannot be written, or its path is not UTF-8, as the index wants it.
    """
    _check_encoding(home)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise HomeUnusable(f"Home '{home}' is not a directory.", HOME_REMEDY) from None
    except OSError as error:
        raise HomeUnusable(f"Home '{home}' cannot be made: {error.strerror}.", HOME_REMEDY) from None
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise HomeUnusable(f"Home '{home}' cannot be written.", HOME_REMEDY)
    return home


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as a source gave it, and the source."""

    value: Any
    origin: str


def open_home(home: Path) -> Path:
    """Make the home directory; one that holds a database may be one that can only be read.

    Raises:
        HomeUnusable: as `make_home`.
    """
    _check_encoding(home)
    readable = os.access(home, os.R_OK | os.X_OK) and os.access(home / "carrel.db", os.R_OK)
    return home if readable else make_home(home)


def _check_encoding(home: Path) -> None:
    """Raise HomeUnusable where a path is not UTF-8: neither Chroma nor onnxruntime opens a file there."""
    try:
        str(home).encode()
    except UnicodeEncodeError:
        raise HomeUnusable(f"The path of home '{home}' is not UTF-8.", HOME_REMEDY) from None


def configured_keys(environment: Mapping[str, str]) -> list[str]:
    """Return every key that the environment and the files of the home hold, so that it can be hidden."""
    names = [*OPENAI_VARIABLES.values(), *(f"CARREL_{name.upper()}" for name in SECRETS)]
    found = [environment[name] for name in names if name.endswith("KEY") and environment.get(name)]
    try:
        files = _from_files(default_home(environment))
    except NotConfigured:
        files = {}
    return found + [str(item.value) for name, item in files.items() if name in SECRETS]


def describe_unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each variable CARREL_* that means nothing, with the one that may be meant."""
    import difflib

    variables = os.environ if environment is None else environment
    known = ["CARREL_HOME", *(f"CARREL_{name.upper()}" for name in Settings.model_fields)]
    told = []
    for name in sorted(variables):
        if name.startswith("CARREL_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            told.append(
                f"{name} is no setting." + (f" Did you mean {near[0]}?" if near else " See carrel config show.")
            )
    return told


def _from_files(home: Path) -> dict[str, _Given]:
    found: dict[str, _Given] = {}
    for path in (home / "config.toml", home / "credentials.toml"):
        found.update((name, _Given(value, str(path))) for name, value in _flatten(_content(path)).items())
    return found


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        raise HomeUnusable(f"Home '{path.parent}' is not a directory.", HOME_REMEDY) from None
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise BadConfig(f"'{path}' is not valid TOML: {error}.", "Correct the line, or move the file away.") from None
    except OSError as error:
        raise BadConfig(f"'{path}' cannot be read: {error.strerror}.", "Check its permissions.") from None


def _flatten(content: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if name == "limits" and isinstance(value, dict):
            flat.update({f"limit_{label}": limit for label, limit in value.items()})
        elif name == "capabilities" and isinstance(value, dict):
            flat[name] = " ".join(f"{key}={_BOOLEAN_WORDS.get(said, said)}" for key, said in value.items())
        elif name not in TABLES or not isinstance(value, dict):
            flat[name] = value
        elif name == "tools" and "offer" in value:  # a file cannot hold both the setting and the table of its name
            flat[name] = value["offer"]
    return flat


def _from_environment(variables: Mapping[str, str]) -> dict[str, _Given]:
    found: dict[str, _Given] = {}
    for name in Settings.model_fields:
        for variable in (OPENAI_VARIABLES.get(name), f"CARREL_{name.upper()}"):
            if variable and variables.get(variable):
                found[name] = _Given(variables[variable], variable)
    return found


def _withhold_openai_key(sources: Sequence[dict[str, _Given]], variables: Mapping[str, str]) -> bool:
    """Leave OPENAI_API_KEY out where the server is not one that it belongs to; return whether that was so.

    It belongs to OpenAI, to OpenAI's models at Azure, and to the server that OPENAI_BASE_URL names beside it. Raise
    BadConfig for one that no header can hold, since the variable is wrong whoever reads it.
    """
    named = [str(source["base_url"].value) for source in sources if "base_url" in source]
    url = named[-1] if named else ""
    beside = _trimmed(variables.get(OPENAI_VARIABLES["base_url"], ""))
    if not url or is_openai(url) or is_azure_openai(url) or url.rstrip("/") == beside.rstrip("/"):
        return False
    keyed = [source for source in sources if _origin_of_key(source) == OPENAI_VARIABLES["api_key"]]
    for source in keyed:
        _clean_keys(source)
        source.pop("api_key", None)
    return bool(keyed)


def _origin_of_key(source: Mapping[str, _Given]) -> str:
    return source["api_key"].origin if "api_key" in source else ""


def _clean_keys(given: dict[str, _Given]) -> None:
    """Trim what stands around a key; an empty one is none. Raise BadConfig for one that no header can hold."""
    for name in sorted(SECRETS & given.keys()):
        value, origin = given[name].value, given[name].origin
        if not isinstance(value, str):
            continue
        try:
            key = clean_key(value)
        except ValueError as problem:
            remedy = "Copy it again, on one line, with nothing around it."
            raise BadConfig(f"Setting '{name}' ({origin}) holds {problem}.", remedy) from None
        given[name] = _Given(key, origin)
        if not key:
            del given[name]


def _trim_addresses(source: dict[str, _Given]) -> None:
    """Trim what stands around an address that was pasted."""
    for name, item in source.items():
        if name.endswith("_url") and isinstance(item.value, str):
            source[name] = _Given(_trimmed(item.value), item.origin)


def _trimmed(address: str) -> str:
    return address.strip(" \t\r\n\"'")


def _from_flags(flags: Mapping[str, Any]) -> dict[str, _Given]:
    return {name: _Given(value, "flag") for name, value in flags.items() if value is not None}


def _checked(given: Mapping[str, _Given]) -> Settings:
    try:
        return Settings(**{name: item.value for name, item in given.items()})
    except ValidationError as failed:
        name = str(failed.errors()[0]["loc"][0])
        raise _refusal(name, given[name], failed.errors()[0]) from None


def _refusal(name: str, given: _Given, failed: ErrorDetails) -> BadConfig:
    """Return the error that says what is wrong with a value, in a sentence."""
    if failed["type"] == "extra_forbidden":
        return BadConfig(f"Setting '{name}' ({given.origin}) is unknown.", _nearest(name))
    schema = Settings.model_json_schema()["properties"][name]
    if "enum" in schema:
        return BadConfig(f"Setting '{name}' is {given.value!r}.", f"It is one of {', '.join(schema['enum'])}.")
    if failed["type"] in {"greater_than_equal", "less_than_equal"}:
        allowed = f"It must lie between {schema['minimum']} and {schema['maximum']}."
        return BadConfig(f"Setting '{name}' is {given.value}.", allowed)
    value = "not text" if name in SECRETS else repr(given.value)
    return BadConfig(f"Setting '{name}' ({given.origin}) is {value}.", f"It takes {_KINDS[schema['type']]}.")


def _nearest(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    return f"Did you mean '{near[0]}'?" if near else "See carrel config show."


_KINDS = {"boolean": "true or false", "integer": "a whole number", "number": "a number", "string": "text"}
_BOOLEAN_WORDS: dict[Any, str] = {True: "yes", False: "no"}
