"""Set the stage of a story: a home of its own, the clock, the model and the embedder, live, recorded or replayed."""

from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from carrel import config
from carrel.bootstrap import OFFLINE, Carrel, create_chat_model, made_embedder
from carrel.clock import StoryClock
from carrel.config import Settings
from carrel.errors import NotConfigured, NotFound
from carrel.protocols import ChatModel, Embedder
from carrel.scenario.files.load import Source
from carrel.scenario.files.story import AgentSpec
from carrel.scenario.play.actor import SCRIPTED, Actor
from carrel.scenario.play.ids import SeededIds
from carrel.scenario.record.cassette import Cassette, Recorder, RecordingEmbedder, ReplayedEmbedder, Replayer, Tape
from carrel.scenario.record.model_recorder import Watched

CONNECTION = ("base_url", "api_key", "timeout")
"""Settings of the person who runs a story that reach into it; all others are the story's own or the default."""


@dataclass(frozen=True, slots=True)
class Casting:
    """Who plays: the story's own choice, unless something else is said."""

    model: str | None = None
    live: bool = False
    """Use the model that is configured."""
    judge: str | None = None
    record: bool = False
    replay: bool = False
    cassettes: Path | None = None
    """The folder of the cassettes; None: each beside its file."""

    def cassette(self, source: Source) -> Path:
        """Return where a story's recording is kept."""
        return self.cassettes / source.cassette.name if self.cassettes else source.cassette


@dataclass(slots=True)
class Stage:
    """Everything that a story is played with."""

    desk: Carrel
    clock: StoryClock
    ids: SeededIds
    model: Watched
    judges: "Judges"
    actor: Actor | None
    """The model, where the story says what it answers."""
    connected: ChatModel | None = None
    """The live model, if there is one."""
    tape: Tape | None = None
    cassette: Cassette | None = None

    @property
    def replayed(self) -> bool:
        """Whether answers come from a recording."""
        return self.cassette is not None

    def close(self) -> None:
        """Close the home and the connections."""
        self.desk.close()
        for model in (self.connected, *self.judges.connected.values()):
            if model is not None:
                model.close()


class Judges:
    """The models that judge, by name, each connected when it is first wanted."""

    def __init__(self, default: str = "", tape: Tape | None = None, cassette: Cassette | None = None) -> None:
        self.connected: dict[str, ChatModel] = {}
        self._default = default
        self._tape = tape
        self._cassette = cassette

    def __call__(self, name: str = "") -> ChatModel | None:
        """Return the model of a name, or the default one; None where there is none. Raise NotConfigured."""
        if self._cassette and self._cassette.has("judge"):
            return Replayer(self._cassette, "judge")
        wanted = name or self._default
        if not wanted or wanted == OFFLINE:
            return None
        found = self.connected.get(wanted) or self.connected.setdefault(wanted, _connected(wanted))
        return Recorder(found, self._tape, "judge") if self._tape else found


def open_stage(source: Source, casting: Casting, home: Path, repetition: int = 0) -> Stage:
    """Open a story's home.

    Raises:
        NotConfigured: a model is wanted that is not connected.
        BadConfig: a setting of the story makes no sense.
        NotFound: a recording is wanted that does not exist.
    """
    spec = source.scenario.agent
    path = casting.cassette(source)
    name = _wanted(spec, casting)
    known = name in (OFFLINE, SCRIPTED)
    replay = casting.replay or (path.is_file() and not (known or casting.live or casting.record or casting.model))
    cassette = _cassette(path) if replay else None
    actor = Actor(name, create_chat_model(Settings(model=OFFLINE))) if known and not cassette else None
    settings = _settings(spec, name, home)
    model: ChatModel = Replayer(cassette) if cassette else actor or _connected(name)
    tape = Tape(model.name, _users().api_key) if casting.record else None
    embedder = _embedder(settings.embedder, cassette)
    judges = Judges(casting.judge or ("" if known or cassette else name), tape, cassette)
    connected = None if cassette or actor else model
    if tape:
        model = Recorder(model, tape)
        embedder = RecordingEmbedder(embedder, tape) if embedder else None
    watched = Watched(model)
    clock = StoryClock(source.scenario.clock.start)
    ids = SeededIds(spec.seed + repetition)
    flags = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    desk = Carrel.open(home, watched, embedder or "none", clock, new_id=ids, flags=flags)
    _warm(desk)
    return Stage(desk, clock, ids, watched, judges, actor, connected, tape, cassette)


def settle(desk: Carrel) -> None:
    """Embed all that waits, here and now, so that what a search finds does not depend on the speed of a machine.

    The index is not touched: vectors in SQL are searched exactly.
    """
    indexer = desk.store.engines.indexer
    while indexer is not None and indexer.embed_batch():
        pass


def _warm(desk: Carrel) -> None:
    """Load the embedder before the first search: it would not wait for it, and search by words alone."""
    if desk.store.engines.embedding.embedder is not None:
        desk.store.engines.embedding.documents(["warm"])


def _wanted(spec: AgentSpec, casting: Casting) -> str:
    if casting.model:
        return casting.model
    if casting.live:
        found = create_chat_model(_users())
        if not found.is_language_model:
            raise NotConfigured("No model is connected.", "Set OPENAI_API_KEY or base_url, or leave --live out.")
        return found.name
    return spec.model


def _settings(spec: AgentSpec, model: str, home: Path) -> Settings:
    """Return the story's settings; those of the person who runs it do not reach in, but for the connection."""
    users = _users()
    given = {**spec.settings, "window": spec.window, "embedder": spec.embedder, "model": model}
    base = config.load(home, given, {}).settings
    return replace(base, **{name: getattr(users, name) for name in CONNECTION}, device=users.device)


@cache
def _settings_of(home: Path) -> Settings:
    return config.load(home).settings


def _users() -> Settings:
    """Return the settings of the person who runs the story."""
    return config.load().settings


def _connected(name: str) -> ChatModel:
    return create_chat_model(replace(_users(), model=name))


def _cassette(path: Path) -> Cassette:
    if not path.is_file():
        raise NotFound(f"There is no recording '{path}'.", "Make one with --record.")
    return Cassette(path)


def _embedder(name: str, cassette: Cassette | None) -> Embedder | None:
    if cassette:
        return ReplayedEmbedder(cassette) if cassette.embedder else None
    return _made_embedder(name, config.load().home) if name != "none" else None


@cache
def _made_embedder(name: str, home: Path) -> Embedder | None:
    """Return an embedder; its files are those of the person who runs the story, made once and not for each run."""
    settings = replace(config.load(home).settings, embedder=name)
    return made_embedder(settings, config.make_home(home) / "models")
