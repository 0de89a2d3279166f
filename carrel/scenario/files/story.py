"""A story as it is written in a file: schema `carrel/scenario@1`."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from carrel.scenario.files.durations import Duration, parse
from carrel.scenario.files.expectations import Expectations
from carrel.scenario.files.matches import OrOne, Short, Strict, Texts

SCHEMA = "carrel/scenario@1"
START = "2026-01-05T09:00:00+00:00"
"""Where the clock stands if a story does not say: a Monday morning."""


def _moment(given: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(given))
    except ValueError:
        raise ValueError(f"'{given}' is not a moment like 2026-01-05 or 2026-01-05T09:00:00+01:00") from None


Moment = Annotated[datetime, BeforeValidator(_moment), PlainSerializer(datetime.isoformat)]
"""A moment; without a zone it is in the clock's."""


def _no_last(name: str) -> str:
    if not name.strip() or name == "last" or ":" in name:
        raise ValueError("is not usable as a session's id: it must not be empty, 'last', or hold a colon")
    return name


class AgentSpec(Strict):
    """Who is talked to. Strings may hold ${VARIABLE} or ${VARIABLE:-default}."""

    name: str = "default"
    model: str = "offline"
    """offline, scripted (answers only by `replies`), or the name of a model that is connected."""
    window: int = 8000
    """Tokens of the main context."""
    embedder: str = "local"
    """local, none (words only), st:NAME or remote:MODEL."""
    persona: str | None = None
    human: str | None = None
    seed: int = 0
    """Decides about the ids of all that is stored."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Any other setting of `carrel config show`."""


class ClockSpec(Strict):
    """The clock of the story stands still; it moves between turns and sessions."""

    start: Moment = _moment(START)
    per_turn: Duration = parse("30s")
    """How far it moves after each turn."""


class NewPassage(Short):
    """Something in archival memory. A bare text is just that."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "text")

    text: str
    tags: Texts = ()
    at: Moment | None = None
    source: str | None = None


class Said(Strict):
    """A message that was said elsewhere: it goes into recall and no model is asked."""

    role: Literal["user", "assistant"] = "user"
    text: str
    speaker: str | None = None
    at: Moment | None = None
    source: str | None = None
    """An id of its own, to be named in `evidence`."""


class Import(Short):
    """A file to take in, as `carrel import` does. A bare text is its path, beside the scenario's file."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "file")

    file: str
    format: str | None = None


class Setup(Strict):
    """What memory holds before the first word."""

    core: dict[str, str] = Field(default_factory=dict)
    archival: Annotated[tuple[NewPassage, ...], OrOne()] = ()
    imports: Annotated[tuple[Import, ...], OrOne()] = Field(default=(), alias="import")


class ScriptedReply(Short):
    """What the scripted model says to one request. A bare text is said."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "say")

    say: str = ""
    call: Annotated[tuple[dict[str, Any], ...], OrOne()] = ()
    """Calls: a tool's name and its arguments; arguments given as text are sent as they stand."""
    fail: str | None = None
    """The model fails with this message."""


class Score(Strict):
    """What a good answer to this turn would be, for a figure instead of a yes or no."""

    answer: str | None = None
    evidence: Texts = ()
    """Sources of the messages that hold the answer."""
    kind: str = ""
    """The category under which the table counts it."""
    metric: Literal["f1", "f1-list", "abstains", "rouge-l"] = "f1"
    """How the answer is compared where the table gives one figure."""
    rubric: Texts = ()
    """What a judging model looks for."""


class Turn(Strict):
    """One message of the user and what is expected then; without `user` only an expectation."""

    user: str | None = None
    paste: str | None = None
    """A file whose text is sent, after `user`."""
    repeat: int = Field(default=1, ge=1, le=100_000)
    """Say it so often; {{ i }} counts from 1."""
    advance: Duration = parse("0s")
    """Time that passes before it."""
    replies: tuple[ScriptedReply, ...] | None = None
    """What the model says, where it is offline or scripted; a live model speaks for itself."""
    aside: bool = False
    """Asked on the side: nothing of it stays in memory, and the clock does not move."""
    expect: Expectations = ()
    score: Score | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Turn":
        says = self.user is not None or self.paste is not None
        if not says and not self.expect:
            raise ValueError("a turn needs user, paste or expect")
        if not says and (self.replies or self.repeat > 1 or self.aside or self.score):
            raise ValueError("without user or paste there is only expect")
        return self


class SessionSpec(Strict):
    """One sitting."""

    id: Annotated[str, AfterValidator(_no_last)]
    at: Moment | None = None
    """When it begins."""
    advance: Duration = parse("0s")
    """Time that passes before it, if `at` is not given."""
    setup: Setup = Setup()
    """What changes from outside before it."""
    messages: tuple[Said, ...] = ()
    """What was said elsewhere, before the turns."""
    turns: tuple[Turn, ...] = ()
    expect: Expectations = ()


class Scenario(Strict):
    """One story: an agent, a clock, sessions, and what is expected."""

    schema_: Literal["carrel/scenario@1"] = Field(alias="schema")
    name: str
    about: str = ""
    tags: Texts = ()
    agent: AgentSpec = AgentSpec()
    clock: ClockSpec = ClockSpec()
    setup: Setup = Setup()
    sessions: Annotated[tuple[SessionSpec, ...], Field(min_length=1)]
    expect: Expectations = ()

    @model_validator(mode="before")
    @classmethod
    def _numbered(cls, given: Any) -> Any:
        """Give sessions without an id the ids s1, s2, …"""
        if not isinstance(given, dict) or not isinstance(given.get("sessions"), list | tuple):
            return given
        sessions = [
            {"id": f"s{number}", **item} if isinstance(item, dict) else item
            for number, item in enumerate(given["sessions"], 1)
        ]
        return {**given, "sessions": sessions}

    @model_validator(mode="after")
    def _distinct(self) -> "Scenario":
        ids = [session.id for session in self.sessions]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice:
            raise ValueError(f"two sessions have the id '{twice}'")
        return self
