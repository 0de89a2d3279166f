"""The judging models of a run, connected when they are first needed."""

from carrel.protocols import ChatModel
from carrel.scenario.connection import connect
from carrel.scenario.record.cassette import Cassette, CassetteWriter
from carrel.scenario.record.recording import RecordingModel
from carrel.scenario.record.replay import ReplayModel

LANE = "judge"
"""The lane of a cassette in which judges are recorded."""


class JudgeModels:
    """The judging models by name; recorded or replayed if the run is."""

    def __init__(
        self, default: str = "", writer: CassetteWriter | None = None, cassette: Cassette | None = None
    ) -> None:
        self._default = default
        self._writer = writer
        self._cassette = cassette
        self._connected: dict[str, ChatModel] = {}

    def __call__(self, name: str = "") -> ChatModel | None:
        """Return the model of a name, or the default one; None if there is none. Raise NotConfigured."""
        if self._cassette and self._cassette.has_lane(LANE):
            return ReplayModel(self._cassette, LANE)
        wanted = name or self._default
        if not wanted:
            return None
        model = self._connected.get(wanted) or self._connected.setdefault(wanted, connect(wanted))
        if not model.is_language_model:
            return None
        return RecordingModel(model, self._writer, LANE) if self._writer else model

    def close(self) -> None:
        """Close the connections."""
        for model in self._connected.values():
            model.close()
