"""What is known at a point of a scenario, accumulated from the records so far. Pure."""

from dataclasses import dataclass, field

from carrel.scenario.record.trajectory import Record


@dataclass(slots=True)
class State:
    """Everything that expectations can check."""

    turn: Record = field(default_factory=dict)
    """The last turn."""
    core: dict[str, str] = field(default_factory=dict)
    messages: list[Record] = field(default_factory=list)
    passages: dict[str, Record] = field(default_factory=dict)
    summary: str = ""
    evicted: int = 0
    """Messages evicted from the queue since the session began."""
    storage: dict[str, list[str]] = field(default_factory=dict)
    """The files that contain each text that the last record searched for."""
    places: dict[str, str] = field(default_factory=dict)
    """The place of each turn in the scenario, `s1:3`, by its id."""
    core_edits: list[tuple[str, str, str]] = field(default_factory=list)
    """What was written into core memory: label, new text, and place of the turn."""

    def apply(self, record: Record) -> None:
        """Take in the next record."""
        kind = record["type"]
        if kind == "session":
            self.evicted, self.summary = 0, ""
        if kind == "turn":
            self._apply_turn(record)
        if not record.get("aside"):
            self.core.update(record.get("core", {}))
            self.messages += record.get("messages", ())
            self.passages.update((item["id"], item) for item in record.get("passages", ()))
        self.storage = record.get("storage", {})

    def _apply_turn(self, record: Record) -> None:
        self.turn = record
        place = f"{record['session']}:{record['number']}"
        if record.get("aside"):
            return
        self.places[record["turn"]] = place
        self.evicted += record["evicted"]
        self.summary = record["summary"]
        for event in record["memory"]:
            if event["tier"] == "core":
                self.core_edits.append((event["ref"], event["after"] or "", place))

    @property
    def live_passages(self) -> list[Record]:
        """The passages of archival memory that are neither deleted nor superseded."""
        return [item for item in self.passages.values() if item["state"] == "live"]

    @property
    def prompt(self) -> str:
        """The messages of the last step's request, joined."""
        steps = self._steps()
        return "\n".join(str(message["content"]) for message in steps[-1]["messages"]) if steps else ""

    @property
    def tokens(self) -> dict[str, int]:
        """The tokens of each part of the last step's main context."""
        steps = self._steps()
        return dict(steps[-1]["tokens"] or {}) if steps else {}

    def _steps(self) -> list[Record]:
        return [request for request in self.turn.get("asked", ()) if request["step"]]
