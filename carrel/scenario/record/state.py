"""What is known at a point of a story: the records of a trajectory, folded. Pure."""

from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
"""One line of a trajectory; `type` says what it tells."""


@dataclass(slots=True)
class State:
    """All that expectations may ask about."""

    turn: Record = field(default_factory=dict)
    """The last turn."""
    core: dict[str, str] = field(default_factory=dict)
    messages: list[Record] = field(default_factory=list)
    passages: dict[str, Record] = field(default_factory=dict)
    summary: str = ""
    evicted: int = 0
    storage: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """Where each turn stands in the story: `s1:3`."""
    edits: list[tuple[str, str, str]] = field(default_factory=list)
    """What was written into core memory: block, text, and where in the story."""

    def apply(self, record: Record) -> None:
        """Take in what comes next."""
        kind = record["type"]
        if kind == "session":
            self.evicted, self.summary = 0, ""
        if kind == "turn":
            self._turn(record)
        if not record.get("aside"):
            self.core.update(record.get("core", {}))
            self.messages += record.get("messages", ())
            self.passages.update((item["id"], item) for item in record.get("passages", ()))
        self.storage = record.get("storage", {})

    def _turn(self, record: Record) -> None:
        self.turn = record
        place = f"{record['session']}:{record['number']}"
        if record.get("aside"):
            return
        self.places[record["turn"]] = place
        self.evicted += record["evicted"]
        self.summary = record["summary"]
        for event in record["memory"]:
            if event["tier"] == "core":
                self.edits.append((event["ref"], event["after"] or "", place))

    @property
    def live(self) -> list[Record]:
        """The passages of archival memory that are live."""
        return [item for item in self.passages.values() if item["state"] == "live"]

    @property
    def prompt(self) -> str:
        """Everything that was sent in the last step, as one text."""
        steps = [item for item in self.turn.get("asked", ()) if item["step"]]
        return "\n".join(str(message["content"]) for message in steps[-1]["messages"]) if steps else ""

    @property
    def tokens(self) -> dict[str, int]:
        """What each part of the last step's main context takes."""
        steps = [item for item in self.turn.get("asked", ()) if item["step"]]
        return dict(steps[-1]["tokens"] or {}) if steps else {}
