"""Open everything that a scenario runs with: a home of its own, the clock, the model and the embedder."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from carrel import config
from carrel.bootstrap import OFFLINE, Carrel, create_chat_model, create_embedder
from carrel.clock import ScenarioClock
from carrel.config import Settings
from carrel.errors import NotFound
from carrel.protocols import ChatModel, Embedder
from carrel.scenario.connection import configured_model_name, connect, load_user_settings
from carrel.scenario.files.load import ScenarioSource
from carrel.scenario.files.scenario import AgentSpec
from carrel.scenario.play.replies import SCRIPTED, RepliesModel
from carrel.scenario.play.seeded_ids import SeededIds
from carrel.scenario.record.cassette import Cassette, CassetteWriter
from carrel.scenario.record.model_recorder import ModelRecorder
from carrel.scenario.record.recording import RecordingEmbedder, RecordingModel
from carrel.scenario.record.replay import ReplayEmbedder, ReplayModel

CONNECTION_SETTINGS = ("base_url", "api_key", "timeout", "device")
"""The user's settings that apply to a scenario; all others are the scenario's own or the defaults."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Which model plays the agent and which one judges; the scenario's own choice unless an option says otherwise."""

    model: str | None = None
    live: bool = False
    """Use the configured model."""
    judge: str | None = None
    record: bool = False
    replay: bool = False
    cassettes: Path | None = None
    """The folder of the cassettes; None: each beside its scenario."""

    def cassette_path(self, source: ScenarioSource) -> Path:
        """Return the path of a scenario's cassette."""
        return self.cassettes / source.cassette.name if self.cassettes else source.cassette


@dataclass(slots=True)
class Runtime:
    """Everything that a scenario runs with."""

    client: Carrel
    clock: ScenarioClock
    ids: SeededIds
    model: ModelRecorder
    replies: RepliesModel | None
    """The model, if the scenario says what it replies."""
    live: ChatModel | None = None
    """The connected model, if there is one."""
    default_judge: str = ""
    """The name of the judging model if an expectation names none; empty if there is no such model."""
    writer: CassetteWriter | None = None
    """The cassette that is being recorded."""
    cassette: Cassette | None = None
    """The cassette that is being replayed."""

    def close(self) -> None:
        """Close the home and the connection."""
        self.client.close()
        if self.live is not None:
            self.live.close()


def open_runtime(source: ScenarioSource, options: ModelOptions, home: Path, repetition: int = 0) -> Runtime:
    """Open a scenario's home.

    Raises:
        NotConfigured: the scenario or an option needs a model that is not connected.
        BadConfig: a setting of the scenario is invalid.
        NotFound: the cassette to replay does not exist.
    """
    spec = source.scenario.agent
    name = _model_name(spec, options)
    built_in = name in (OFFLINE, SCRIPTED)
    cassette = _open_cassette(source, options, built_in)
    settings = _scenario_settings(spec, name, home)
    embedder = _open_embedder(settings.embedder, cassette)
    offline = create_chat_model(Settings(model=OFFLINE), embedder=embedder)
    replies = None if cassette or not built_in else RepliesModel(name, offline)
    model: ChatModel = ReplayModel(cassette) if cassette else replies or connect(name)
    live = None if cassette or replies else model
    writer = CassetteWriter(model.name, load_user_settings().api_key) if options.record else None
    if writer:
        model = RecordingModel(model, writer)
        embedder = RecordingEmbedder(embedder, writer) if embedder else None
    recorder = ModelRecorder(model)
    clock = ScenarioClock(source.scenario.clock.start)
    ids = SeededIds(spec.seed + repetition)
    client = Carrel.open(home, recorder, embedder or "none", clock, new_id=ids, flags=settings.model_dump())
    _load_embedder(client)
    judge = options.judge or (name if live else "")
    return Runtime(client, clock, ids, recorder, replies, live, judge, writer, cassette)


def embed_pending(client: Carrel) -> None:
    """Embed all texts that are waiting for it, so that search results do not depend on the machine's speed.

    The index is not updated: vectors in SQL are searched exactly.
    """
    vectors = client.store.engines.vectors
    while vectors is not None and vectors.indexer.embed_batch():
        pass


def _load_embedder(client: Carrel) -> None:
    """Load the embedder before the first search, which would not wait for it and search by words only."""
    if client.store.engines.embedding.embedder is not None:
        client.store.engines.embedding.embed_documents(["warm"])


def _model_name(spec: AgentSpec, options: ModelOptions) -> str:
    if options.model:
        return options.model
    return configured_model_name() if options.live else spec.model


def _open_cassette(source: ScenarioSource, options: ModelOptions, built_in: bool) -> Cassette | None:
    """Return the cassette to replay: if an option says so, or if there is one and nothing says otherwise."""
    path = options.cassette_path(source)
    if options.replay and not path.is_file():
        raise NotFound(f"Cassette '{path}' does not exist.", "Record it with --record.")
    other = built_in or options.live or options.record or options.model
    return Cassette(path) if options.replay or (path.is_file() and not other) else None


def _scenario_settings(spec: AgentSpec, model: str, home: Path) -> Settings:
    """Return the scenario's settings, with the user's connection."""
    own = load_user_settings()
    given = {**spec.settings, "window": spec.window, "embedder": spec.embedder, "model": model}
    base = config.load(home, given, {}).settings
    return base.model_copy(update={name: getattr(own, name) for name in CONNECTION_SETTINGS})


def _open_embedder(name: str, cassette: Cassette | None) -> Embedder | None:
    if cassette:
        return ReplayEmbedder(cassette) if cassette.embedder else None
    return _load_user_embedder(name, config.load().home) if name != "none" else None


@cache
def _load_user_embedder(name: str, home: Path) -> Embedder | None:
    """Return an embedder with its files in the user's own home, loaded once and not for each run."""
    settings = config.load(home).settings.model_copy(update={"embedder": name})
    return create_embedder(settings, config.make_home(home) / "models")
