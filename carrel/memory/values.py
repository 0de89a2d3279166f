"""The frozen values that memory takes and returns. Rows never leave this package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from carrel.dates import is_known, to_zone
from carrel.language.sentences import sentences
from carrel.messages import OpaqueFields, Role, ToolCall
from carrel.text import one_line

Tier = Literal["core", "recall", "archival"]
Actor = Literal["user", "agent", "system", "import", "api"]
Mode = Literal["hybrid", "words", "meaning"]

TITLE = 60
"""Characters of a session's title."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who or what changes memory."""

    actor: Actor
    turn: str | None = None
    step: int | None = None
    position: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """An agent as it is listed."""

    name: str
    model: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an agent remembers."""

    recall: int
    archival: int
    sessions: int
    turns: int


@dataclass(frozen=True, slots=True)
class Block:
    """A labelled block of core memory; `limit` is in characters."""

    label: str
    value: str
    limit: int
    description: str = ""
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class SessionState:
    """What main context shows of a session besides its queue."""

    counts: Counts
    core_head: str | None
    """Core memory as the session's head shows it; None before the first turn."""
    summary: str
    """The newest summary of what left the queue; empty where nothing did."""
    blocks: tuple[Block, ...]
    """Core memory."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session as it is listed."""

    id: str
    name: str | None
    origin: str
    started: datetime
    last: datetime
    """When its last turn began; of an import, the time of its last message."""
    messages: int
    opening: str = ""
    """The beginning of its first message."""

    @property
    def label(self) -> str:
        """What people call it: its name, else its id."""
        return self.name or self.id

    @property
    def title(self) -> str:
        """What it is about: its name, else the first sentence that was said in it; empty where nothing was."""
        return self.name or one_line(next(iter(sentences(self.opening)), ""), TITLE)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message in recall."""

    n: int
    id: str
    role: Role
    text: str
    at: datetime
    session: str
    tokens: int
    speaker: str | None = None
    turn: str | None = None
    step: int | None = None
    calls: tuple[ToolCall, ...] = ()
    call_id: str | None = None
    tool: str | None = None
    ok: bool = True
    state: str = "complete"
    source: str | None = None
    opaque: OpaqueFields | None = None


@dataclass(frozen=True, slots=True)
class TurnInfo:
    """A turn as it is listed."""

    id: str
    session: str
    state: str
    """`running`, `complete`, `interrupted` or `failed`."""
    started: datetime
    ended: datetime | None
    error: str | None
    """Why it was interrupted or failed."""


CallKey = tuple[str, int, int]
"""Turn, step and position of a call, which identify it: it is executed once."""


@dataclass(frozen=True, slots=True)
class TurnCall:
    """A tool call with its place in a turn."""

    session: str
    turn: str
    step: int
    position: int
    """Its place among the calls of its step, from 0."""
    call: ToolCall

    @property
    def key(self) -> CallKey:
        """What identifies it."""
        return self.turn, self.step, self.position


@dataclass(frozen=True, slots=True)
class UnfinishedTurn:
    """A turn that has not ended with a reply: it failed, was interrupted, or its program stopped."""

    turn: str
    message: StoredMessage
    """The user's."""
    steps: int
    """The number of steps that were made."""
    calls: tuple[TurnCall, ...]
    """The calls without a result."""
    reply: str
    """The final reply, where only the end of the turn is missing; empty otherwise."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message from elsewhere, to be imported into recall."""

    role: Role
    text: str
    at: datetime | None = None
    """When it was said; None means now, and `carrel.dates.UNKNOWN` that nobody knows."""
    speaker: str | None = None
    session: str | None = None
    """The name of its session."""
    source: str | None = None
    """The caller's own id of the message."""
    conversation: str | None = None
    """The id of its conversation, where there is one: it tells whether the message is known, whatever `session` is."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text in archival memory."""

    n: int
    id: str
    text: str
    tags: tuple[str, ...]
    origin: str
    at: datetime
    tokens: int
    state: str = "live"
    successor: str | None = None
    source: str | None = None
    document: str | None = None
    session: str | None = None
    turn: str | None = None
    pinned: bool = False
    """Whether the agent may not change or delete it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts of a hit's score, each from 0 to 1."""

    words: float = 0.0
    meaning: float = 0.0
    neighbours: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict, compare=False)
    """What each feature of `search/fusion.py` added to the score; empty where it was not scored by them."""

    def to_json(self) -> dict[str, float]:
        """Return the parts by name."""
        return {
            "words": round(self.words, 4),
            "meaning": round(self.meaning, 4),
            "neighbours": round(self.neighbours, 4),
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """A message or passage that a search found."""

    id: str
    tier: Tier
    text: str
    at: datetime
    score: float
    scores: Scores
    role: str | None = None
    speaker: str | None = None
    session: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    state: str = "live"
    withheld: bool = False
    """Whether a model server refuses its text, so that no model is shown it."""

    def to_json(self) -> dict[str, Any]:
        """Return the hit in the form that `carrel memory search --json` prints."""
        return {
            "id": self.id,
            "tier": self.tier,
            "text": self.text,
            "role": self.role,
            "speaker": self.speaker,
            "at": to_zone(self.at, None).isoformat() if is_known(self.at) else None,
            "session": self.session,
            "source": self.source,
            "tags": list(self.tags),
            **({} if self.state == "live" else {"state": self.state}),
            **({"withheld": True} if self.withheld else {}),
            "score": round(self.score, 4),
            "scores": self.scores.to_json(),
        }


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits; `total` counts all that match, `pages` is at least 1."""

    query: str
    hits: tuple[Hit, ...]
    total: int
    page: int
    pages: int
    mode: Mode = "hybrid"
    """How it was searched: words alone where the embedder was not ready."""


@dataclass(frozen=True, slots=True)
class MemoryEvent:
    """One change of memory."""

    id: str
    tier: Tier
    ref: str
    op: str
    before: str | None
    after: str | None
    actor: str
    at: datetime
    turn: str | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the event by field."""
        return {
            "id": self.id,
            "tier": self.tier,
            "ref": self.ref,
            "op": self.op,
            "before": self.before,
            "after": self.after,
            "actor": self.actor,
            "at": to_zone(self.at, None).isoformat(),
            "turn": self.turn,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Filters:
    """Which messages and passages a search may return; both ends of the date range are included."""

    since: datetime | None = None
    until: datetime | None = None
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    all_tags: bool = False
    session: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: how many messages or passages it added, how many were known, in how many sessions."""

    added: int
    known: int
    sessions: int
    details: Mapping[str, Any] = field(default_factory=dict)
