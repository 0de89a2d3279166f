"""What a server can do with a model: learned from its answers, or set by the user. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from carrel.errors import BadConfig


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about one server and model. None is not known yet: the server is asked as if it could do it."""

    tools: bool | None = None
    """Accepts tools. Without them Carrel chats, and memory reaches the model by page-in alone."""
    tool_choice: str | None = None
    """The values that it accepts besides auto: none, required, named."""
    parallel_calls: bool | None = None
    """Makes several calls in one reply."""
    text_calls: bool | None = None
    """Writes calls as text, which are read as calls. Where it is set to no, text is left as it is."""
    streaming: bool | None = None
    argument_streaming: bool | None = None
    """Streams the arguments of a call in fragments, rather than each call in one chunk."""
    usage: bool | None = None
    """Reports tokens at the end of a stream."""
    stream_options: bool | None = None
    """Accepts the request to report tokens in a stream."""
    long_limit: bool | None = None
    """Calls the limit of a reply max_completion_tokens, not max_tokens."""
    system_role: bool | None = None
    """Takes instructions in a system message; else they stand in the first user message."""
    full_schemas: bool | None = None
    """Takes all of JSON Schema in its tools; else types, descriptions and properties alone."""
    empty_parameters: bool | None = None
    """Wants the parameters of a tool that takes none as an empty object; else they are left out."""
    null_content: bool | None = None
    """Takes null as the content of a message that makes calls and says nothing; else it is an empty text."""
    opaque_fields: bool | None = None
    """Takes back the fields of its replies that only it understands, such as signatures of thoughts."""
    signed_calls: bool | None = None
    """Refuses earlier calls without such fields; those of other models are told in words then."""
    api: str | None = None
    """The API by which the model is asked: chat or responses."""
    encrypted_reasoning: bool | None = None
    """Returns its reasoning in encrypted form, on the Responses API."""
    window: int | None = None
    """Tokens of its context window, if it has stated them."""
    window_at: str | None = None
    """When it stated them, as a date and time. Never set by the user."""
    temperature: bool | None = None
    """Accepts a temperature."""
    json_schema: bool | None = None
    """Accepts a JSON schema that the reply has to follow."""
    contract: str | None = None
    """How the model is asked to act: native, action, text or none."""
    contract_evidence: str | None = None
    """How that was found out."""
    contract_failures: int | None = None
    """How many of its last replies in a row did not keep to it."""
    token_count: str | None = None
    """The path at which it counts tokens, if there is one."""

    def recent_window(self, now: datetime) -> int | None:
        """Return the stated window; None where it is not known, or was stated more than WINDOW_DAYS ago."""
        try:
            stated = datetime.fromisoformat(self.window_at or "")
        except ValueError:
            return None  # earlier versions kept figures that were no window, and no date
        aware = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
        return self.window if now - aware < timedelta(days=WINDOW_DAYS) else None

    def to_json(self) -> dict[str, Any]:
        """Return what is known, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


_WORDS = ("tool_choice", "token_count", "api", "contract", "contract_evidence")
_NUMBERS = ("window", "contract_failures")
NAMES = tuple(item.name for item in fields(Capabilities))
SETTINGS = tuple(name for name in NAMES if name != "window_at")
"""The names of those that the user may set."""

WINDOW_DAYS = 7
"""After so many days a window that a server has stated does not count: it may have been started with another."""


def from_json(data: object) -> Capabilities:
    """Return the facts that `to_json` returned; a fact of another name or type is left out."""
    known = data if isinstance(data, Mapping) else {}
    types = {**dict.fromkeys((*_WORDS, "window_at"), str), **dict.fromkeys(_NUMBERS, int)}
    facts = {name: known[name] for name in NAMES if type(known.get(name)) is types.get(name, bool)}
    return Capabilities(**facts)


def parse_setting(setting: str) -> dict[str, Any]:
    """Return the facts in the setting `capabilities`, such as "tools=no window=4096".

    Raises:
        BadConfig: the setting is not of that form.
    """
    return dict(_parse_item(item) for item in setting.split())


def _parse_item(item: str) -> tuple[str, Any]:
    name, _, value = item.partition("=")
    if name not in SETTINGS or not value:
        raise BadConfig(
            f"Setting 'capabilities' contains '{item}'.", f"Write NAME=yes or NAME=no. Names: {', '.join(SETTINGS)}."
        )
    if name in _NUMBERS:
        if not value.isdecimal():
            kind = "a number of tokens" if name == "window" else "a number"
            raise BadConfig(f"Capability '{name}' is '{value}'.", f"Write {kind}, such as {name}=4096.")
        return name, int(value)
    if name in _WORDS:
        return name, value
    if value.lower() not in _BOOLEANS:
        raise BadConfig(f"Capability '{name}' is '{value}'.", "Write yes or no.")
    return name, _BOOLEANS[value.lower()]


_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}
