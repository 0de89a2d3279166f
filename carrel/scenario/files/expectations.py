"""The models of expectations about a turn, a session or a whole scenario."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from carrel.scenario.files.fields import ShorthandModel, SingleOrList, StrictModel, Texts
from carrel.scenario.files.matches import NumberMatch, TextMatch


class CallMatch(ShorthandModel):
    """A condition on a tool call. A bare text is the tool's name."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "name")

    name: str
    arguments: dict[str, TextMatch] = Field(default_factory=dict)
    """Conditions on arguments; a value that is not a text is compared as JSON."""
    result: TextMatch | None = None
    ok: bool | None = None
    """Whether the call succeeded."""
    times: NumberMatch | None = None
    """The number of such calls; at least one if not given."""


class ContentMatch(TextMatch):
    """A condition on a memory tier: `contains` needs one matching entry, `not_contains` must hold for every entry."""

    role: str | None = None
    """Only messages of this role."""
    tag: str | None = None
    """Only passages with this tag."""
    source: str | None = None
    """Only entries from this session, turn (`s1:3`) or imported source."""
    count: NumberMatch | None = None
    """The number of entries that meet the other conditions."""


class RetrievalMatch(ShorthandModel):
    """A condition on a memory in the main context. A bare text means `contains`."""

    tier: Literal["core", "recall", "archival"] | None = Field(default=None, alias="from")
    source: str | None = None
    """The session, the turn (`s1:3`) or the imported source that it came from."""
    contains: Texts = ()
    by: Literal["page_in", "tool"] | None = None
    """Retrieved by Carrel before the first model call (page_in), or by a tool call."""
    rank: NumberMatch | None = None
    """Its position among all retrieved memories, counted from 1."""
    count: NumberMatch | None = None
    """The number of such memories; at least one if not given."""


class ChangesMatch(StrictModel):
    """Conditions on the number of changes that a turn made to core and archival memory."""

    added: NumberMatch | None = None
    changed: NumberMatch | None = None
    removed: NumberMatch | None = None
    total: NumberMatch | None = None


class ContextMatch(StrictModel):
    """Conditions on the main context of the turn's last step: its parts in tokens, and its text."""

    tokens: NumberMatch | None = None
    instructions: NumberMatch | None = None
    tools: NumberMatch | None = None
    core: NumberMatch | None = None
    summary: NumberMatch | None = None
    queue: NumberMatch | None = None
    tail: NumberMatch | None = None
    evicted: NumberMatch | None = None
    """The number of messages evicted from the queue since the session began."""
    text: TextMatch | None = None
    """All messages of the request, joined."""


class UsageMatch(StrictModel):
    """Conditions on the turn's tokens, as the server reports them, and on its model calls."""

    prompt: NumberMatch | None = None
    completion: NumberMatch | None = None
    cached: NumberMatch | None = None
    calls: NumberMatch | None = None


class JudgeMatch(ShorthandModel):
    """A rubric by which a model grades the reply; skipped if no judge is connected. A bare text is the rubric."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "rubric")

    rubric: str
    min: float = Field(default=0.7, ge=0, le=1)
    model: str = ""
    """The judging model; if empty, the one given by `--judge`, or the live model."""


class StorageMatch(StrictModel):
    """Texts that must be absent from, or present in, the bytes of the home's files, in upper or lower case."""

    absent: Texts = ()
    present: Texts = ()


def _nest_dotted_keys(given: Any) -> Any:
    """Read `core.human: …` as `core: {human: …}`."""
    if not isinstance(given, dict):
        return given
    nested: dict[str, Any] = {}
    for key, value in given.items():
        head, dot, rest = str(key).partition(".")
        if not dot:
            nested[key] = value
        elif isinstance(nested.setdefault(head, {}), dict):
            nested[head][rest] = value
    return nested


class Expectation(StrictModel):
    """One or several conditions that must hold, each under the key of its kind."""

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
    retrieved: RetrievalMatch | None = None
    not_retrieved: RetrievalMatch | None = None
    context: ContextMatch | None = None
    summary: TextMatch | None = None
    usage: UsageMatch | None = None
    steps: NumberMatch | None = None
    latency: NumberMatch | None = None
    """How long the turn took, in seconds; skipped in a replay."""
    storage: StorageMatch | None = None
    judge: JudgeMatch | None = None
    error: TextMatch | None = None
    """The turn must fail, with this message."""

    @model_validator(mode="before")
    @classmethod
    def _expand_dots(cls, given: Any) -> Any:
        return _nest_dotted_keys(given)

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("an expectation needs at least one key, such as reply: {contains: …}")
        return self


Expectations = Annotated[tuple[Expectation, ...], SingleOrList()]
"""A list of expectations, or a single one."""
