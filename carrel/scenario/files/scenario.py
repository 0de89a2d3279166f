"""The models of a scenario file, schema `carrel/scenario@1`."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from carrel.scenario.files.durations import Duration, parse_duration
from carrel.scenario.files.expectations import Expectations
from carrel.scenario.files.fields import ShorthandModel, SingleOrList, StrictModel, Texts

SCHEMA = "carrel/scenario@1"
DEFAULT_START = "2026-01-05T09:00:00+00:00"
"""The clock's start in a scenario that gives none: a Monday morning."""


def _parse_time(given: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(given))
    except ValueError:
        raise ValueError(f"'{given}' is not a time like 2026-01-05 or 2026-01-05T09:00:00+01:00") from None


Time = Annotated[datetime, BeforeValidator(_parse_time), PlainSerializer(datetime.isoformat)]
"""A date and time; without an offset it is in the clock's time zone."""


def _check_session_id(name: str) -> str:
    if not name.strip() or name == "last" or ":" in name:
        raise ValueError("a session's id must not be empty, 'last' or contain a colon")
    return name


class AgentSpec(StrictModel):
    """The agent under test. Strings may contain ${VARIABLE} or ${VARIABLE:-default}."""

    name: str = "default"
    model: str = "offline"
    """offline, scripted (says only what `replies` list), or the name of a model on the configured server."""
    window: int = 8000
    """The token budget of the main context."""
    embedder: str = "local"
    """local, none (search by words only), st:NAME or remote:MODEL."""
    persona: str | None = None
    human: str | None = None
    seed: int = 0
    """The seed from which all ids are generated."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Any other setting of `carrel config show`."""


class ClockSpec(StrictModel):
    """The scenario's clock. It stands still except where the scenario moves it."""

    start: Time = _parse_time(DEFAULT_START)
    per_turn: Duration = parse_duration("30s")
    """How far it moves after each turn."""


class PassageSpec(ShorthandModel):
    """A passage of archival memory. A bare text is its text."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "text")

    text: str
    tags: Texts = ()
    at: Time | None = None
    source: str | None = None


class MessageSpec(StrictModel):
    """A message from another conversation: it goes into recall memory without asking the model."""

    role: Literal["user", "assistant"] = "user"
    text: str
    speaker: str | None = None
    at: Time | None = None
    source: str | None = None
    """An id of your own, for `evidence` to refer to."""


class ImportSpec(ShorthandModel):
    """A file to import, as `carrel import` does. A bare text is its path, relative to the scenario's file."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "file")

    file: str
    format: str | None = None


class SetupSpec(StrictModel):
    """What to put into memory before the conversation begins."""

    core: dict[str, str] = Field(default_factory=dict)
    archival: Annotated[tuple[PassageSpec, ...], SingleOrList()] = ()
    imports: Annotated[tuple[ImportSpec, ...], SingleOrList()] = Field(default=(), alias="import")


class ReplySpec(ShorthandModel):
    """The scripted model's reply to one request. A bare text is what it says."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "say")

    say: str = ""
    call: Annotated[tuple[dict[str, Any], ...], SingleOrList()] = ()
    """Tool calls, each a tool's name and its arguments; arguments given as a text are sent unchanged."""
    fail: str | None = None
    """Fail with this message instead of replying."""


class ScoreSpec(StrictModel):
    """The gold answer of a turn, to grade the reply by a score instead of pass or fail."""

    answer: str | None = None
    evidence: Texts = ()
    """The sources of the messages that contain the answer."""
    kind: str = ""
    """The category of the question; the table of scores has a row for each."""
    metric: Literal["f1", "f1-list", "abstains", "rouge-l"] = "f1"
    """How the reply is compared with the answer."""
    rubric: Texts = ()
    """What a judging model checks."""


def _check_message(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write what the user says, or remove the key")
    return text


class TurnSpec(StrictModel):
    """One message of the user and what to expect of the reply; without `user` only expectations to check."""

    user: Annotated[str, AfterValidator(_check_message)] | None = None
    paste: str | None = None
    """A file whose text is sent after `user`."""
    repeat: int = Field(default=1, ge=1, le=100_000)
    """Send it this many times; {{ i }} counts from 1."""
    advance: Duration = parse_duration("0s")
    """Time that passes before it."""
    replies: tuple[ReplySpec, ...] | None = None
    """What the model says if it is offline or scripted; a live model ignores them."""
    aside: bool = False
    """Ask without leaving a trace in memory; the clock does not move."""
    expect: Expectations = ()
    score: ScoreSpec | None = None

    @model_validator(mode="after")
    def _check_complete(self) -> "TurnSpec":
        has_message = self.user is not None or self.paste is not None
        if not has_message and not self.expect:
            raise ValueError("a turn needs user, paste or expect")
        if not has_message and (self.replies or self.repeat > 1 or self.aside or self.score):
            raise ValueError("a turn without user or paste may only have expect")
        return self


class SessionSpec(StrictModel):
    """One session."""

    id: Annotated[str, AfterValidator(_check_session_id)]
    at: Time | None = None
    """When it begins."""
    advance: Duration = parse_duration("0s")
    """Time that passes before it, if `at` is not given."""
    setup: SetupSpec = SetupSpec()
    """What to change in memory before it."""
    messages: tuple[MessageSpec, ...] = ()
    """Messages from elsewhere, before the turns."""
    turns: tuple[TurnSpec, ...] = ()
    expect: Expectations = ()


class Scenario(StrictModel):
    """An agent, a clock, sessions, and what to expect of them."""

    schema_: Literal["carrel/scenario@1"] = Field(alias="schema")
    name: str
    about: str = ""
    tags: Texts = ()
    agent: AgentSpec = AgentSpec()
    clock: ClockSpec = ClockSpec()
    setup: SetupSpec = SetupSpec()
    sessions: Annotated[tuple[SessionSpec, ...], Field(min_length=1)]
    expect: Expectations = ()

    @model_validator(mode="before")
    @classmethod
    def _number_sessions(cls, given: Any) -> Any:
        """Give sessions without an id the ids s1, s2, …"""
        if not isinstance(given, dict) or not isinstance(given.get("sessions"), list | tuple):
            return given
        sessions = [
            {"id": f"s{number}", **item} if isinstance(item, dict) else item
            for number, item in enumerate(given["sessions"], 1)
        ]
        return {**given, "sessions": sessions}

    @model_validator(mode="after")
    def _check_distinct_ids(self) -> "Scenario":
        ids = [session.id for session in self.sessions]
        duplicate = next((name for name in ids if ids.count(name) > 1), None)
        if duplicate:
            raise ValueError(f"two sessions have the id '{duplicate}'")
        return self
