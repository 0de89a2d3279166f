"""What may be expected of a turn, a session or a whole story, as it is written in a file."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from carrel.scenario.files.matches import NumberMatch, OrOne, Short, Strict, TextMatch, Texts


class CallMatch(Short):
    """A call of a tool. A bare text is the tool's name."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "name")

    name: str
    arguments: dict[str, TextMatch] = Field(default_factory=dict)
    """Conditions on arguments; what is not a text is compared as JSON."""
    result: TextMatch | None = None
    ok: bool | None = None
    """Whether the call succeeded."""
    times: NumberMatch | None = None
    """How often; at least once where this is not said."""


class ContentMatch(TextMatch):
    """What a tier holds: `contains` asks for one entry that does, `not_contains` that no entry does."""

    role: str | None = None
    """Only messages of this role."""
    tag: str | None = None
    """Only passages with this tag."""
    source: str | None = None
    """Only what came from this session, turn (`s1:3`) or source of an import."""
    count: NumberMatch | None = None
    """How many entries meet the other conditions."""


class RetrievedMatch(Short):
    """Something in the context that came from memory. A bare text means `contains`."""

    tier: Literal["core", "recall", "archival"] | None = Field(default=None, alias="from")
    source: str | None = None
    """The session, the turn (`s1:3`) or the source of an import that it came from."""
    contains: Texts = ()
    by: Literal["page_in", "tool"] | None = None
    """Looked up by Carrel before the model was asked, or by a call."""
    rank: NumberMatch | None = None
    """Its place among all that was retrieved, counted from 1."""
    count: NumberMatch | None = None
    """How many there are; at least one where this is not said."""


class ChangesMatch(Strict):
    """How a turn changed core and archival memory."""

    added: NumberMatch | None = None
    changed: NumberMatch | None = None
    removed: NumberMatch | None = None
    total: NumberMatch | None = None


class ContextMatch(Strict):
    """The main context of the turn's last step, in tokens, and its text."""

    tokens: NumberMatch | None = None
    instructions: NumberMatch | None = None
    tools: NumberMatch | None = None
    core: NumberMatch | None = None
    summary: NumberMatch | None = None
    queue: NumberMatch | None = None
    tail: NumberMatch | None = None
    evicted: NumberMatch | None = None
    """Messages that left the queue since the session began."""
    text: TextMatch | None = None
    """Everything that was sent, as one text."""


class UsageMatch(Strict):
    """Tokens of the turn, as the server reports them, and model calls."""

    prompt: NumberMatch | None = None
    completion: NumberMatch | None = None
    cached: NumberMatch | None = None
    calls: NumberMatch | None = None


class Judged(Short):
    """A model reads the conversation and says how well it meets a rubric; skipped where there is none."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "rubric")

    rubric: str
    min: float = Field(default=0.7, ge=0, le=1)
    model: str = ""
    """The judge; empty: the one that `--judge` names, or the live model."""


class Storage(Strict):
    """Texts that stand nowhere, or somewhere, in the bytes of the home's files, in upper or lower case."""

    absent: Texts = ()
    present: Texts = ()


def _nested(given: Any) -> Any:
    """Read `core.human: …` as `core: {human: …}`."""
    if not isinstance(given, dict):
        return given
    found: dict[str, Any] = {}
    for key, value in given.items():
        head, dot, rest = str(key).partition(".")
        if not dot:
            found[key] = value
        elif isinstance(found.setdefault(head, {}), dict):
            found[head][rest] = value
    return found


class Expectation(Strict):
    """One or several things that must hold; each key is one kind."""

    model_config = ConfigDict(
        json_schema_extra={"patternProperties": {r"^(core|context|usage|memory|storage)\.": {}}, "minProperties": 1}
    )

    reply: TextMatch | None = None
    tool_called: CallMatch | None = None
    tool_not_called: CallMatch | None = None
    core: dict[str, TextMatch] = Field(default_factory=dict)
    archival: ContentMatch | None = None
    recall: ContentMatch | None = None
    memory: ChangesMatch | None = None
    retrieved: RetrievedMatch | None = None
    not_retrieved: RetrievedMatch | None = None
    context: ContextMatch | None = None
    summary: TextMatch | None = None
    usage: UsageMatch | None = None
    steps: NumberMatch | None = None
    latency: NumberMatch | None = None
    """Seconds that the turn took; skipped where answers are replayed."""
    storage: Storage | None = None
    judge: Judged | None = None
    error: TextMatch | None = None
    """The turn must fail, with this message."""

    @model_validator(mode="before")
    @classmethod
    def _undotted(cls, given: Any) -> Any:
        return _nested(given)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say what is expected, such as reply: {contains: …}")
        return self


Expectations = Annotated[tuple[Expectation, ...], OrOne()]
"""A list of expectations, or a single one."""
