"""Play a scenario: move the clock, take the turns, and yield a record of everything that happens."""

import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from carrel.agent.agent import Agent, Session
from carrel.agent.events import ContextCompiled
from carrel.errors import CarrelError, CassetteMiss, UsageError
from carrel.formats.files import read_text
from carrel.scenario.files.expectations import Expectation
from carrel.scenario.files.load import ScenarioSource
from carrel.scenario.files.scenario import SessionSpec, SetupSpec, TurnSpec
from carrel.scenario.files.templates import fill_model, fill_repetition
from carrel.scenario.play.aside_key import aside_key, hash_conversation
from carrel.scenario.play.runtime import Runtime, embed_pending
from carrel.scenario.play.setup import fill_memory, load_messages, write_persona
from carrel.scenario.record.file_search import find_files_with
from carrel.scenario.record.trajectory import SCHEMA, Record, failed_unexpectedly
from carrel.scenario.record.turn_record import TurnRecorder, read_core, read_passages

AsideRecords = MutableMapping[str, Record]
"""Records of aside turns by their key; a turn that has one is not played again."""

MAX_PASSAGES = 100_000
"""How many passages are looked at for changes when a session is closed."""


@dataclass(slots=True)
class Player:
    """Plays one scenario in its runtime."""

    source: ScenarioSource
    runtime: Runtime
    on_progress: Callable[[str], None] = lambda place: None
    """Called with the place of each turn, `s1:2`, before it is played."""
    asides: AsideRecords = field(default_factory=dict)
    stop_at: tuple[str, int] | None = None
    """The session's id and the turn after which to stop; turn 0 is the session's beginning."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each turn took; not part of the trajectory, which is the same in every run."""
    stopped: Session | None = None
    """The session in which it stopped, once it has."""
    _places: dict[str, str] = field(default_factory=dict)
    _conversation: str = ""

    def play(self) -> Iterator[Record]:
        """Yield the records of the trajectory.

        Raises:
            TurnFailed: a turn failed without an expectation of an error.
            CarrelError: anything else failed.
        """
        scenario = self.source.scenario
        agent = self.runtime.client.agent(scenario.agent.name)
        write_persona(agent, scenario.agent)
        yield {
            "type": "story",
            "schema": SCHEMA,
            "model": self.runtime.model.name,
            "seed": scenario.agent.seed,
            "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
        }
        yield {"type": "setup", "session": None, **self._set_up(agent, scenario.setup)}
        for index, session in enumerate(scenario.sessions):
            yield from self._play_session(agent, index, session)
            if self.stopped:
                return
        yield {"type": "end", **self._search_files(scenario.expect)}

    def _play_session(self, agent: Agent, index: int, spec: SessionSpec) -> Iterator[Record]:
        self._move_clock_to(spec)
        yield {"type": "session", "session": spec.id, "at": self.runtime.clock.now().isoformat()}
        if spec.setup.model_fields_set:
            yield {"type": "setup", "session": spec.id, **self._set_up(agent, spec.setup)}
        if spec.messages:
            yield {"type": "messages", "session": spec.id, "messages": self._load_messages(agent, spec)}
        session = agent.session(_session_id(agent, spec)) if spec.turns else None
        for number, turn in enumerate(spec.turns, 1):
            assert session is not None
            if self._stops_at(spec.id, number - 1, session):
                return
            for repetition in range(1, turn.repeat + 1):
                record = self._play_turn(agent, session, (index, number, repetition), turn)
                yield record
                if failed_unexpectedly(record, turn):
                    raise TurnFailed(record)
        if session is not None and self._stops_at(spec.id, len(spec.turns), session):
            return
        changes = self._close(agent, session) if session is not None and agent.consolidates else {}
        yield {"type": "close", "session": spec.id, "index": index, **changes, **self._search_files(spec.expect)}

    def _close(self, agent: Agent, session: Session) -> Record:
        """Close a session whose agent then consolidates, and return what memory holds after it."""
        before = [passage.id for passage in agent.archival.latest(MAX_PASSAGES)]
        session.close()
        embed_pending(self.runtime.client)
        ids = [*before, *(passage.id for passage in agent.archival.latest(MAX_PASSAGES))]
        requests = self.runtime.model.take_requests()
        return {"asked": requests, "core": read_core(agent), "passages": read_passages(agent, ids)}

    def _stops_at(self, session_id: str, number: int, session: Session) -> bool:
        if self.stop_at == (session_id, number):
            self.stopped = session
        return self.stopped is not None

    def _move_clock_to(self, spec: SessionSpec) -> None:
        clock = self.runtime.clock
        if spec.at is None:
            clock.advance(seconds=spec.advance.total_seconds())
            return
        try:
            clock.move_to(spec.at)
        except UsageError as error:
            raise UsageError(f"Session '{spec.id}': {error.message}", "Order the sessions by time.") from None

    def _set_up(self, agent: Agent, setup: SetupSpec) -> Record:
        record = fill_memory(agent, setup, self.source.file.parent, self.runtime.clock.zone)
        embed_pending(self.runtime.client)
        return record

    def _load_messages(self, agent: Agent, spec: SessionSpec) -> list[Record]:
        records = load_messages(agent, spec, self.runtime.clock.now())
        embed_pending(self.runtime.client)
        return records

    def _play_turn(self, agent: Agent, session: Session, position: tuple[int, int, int], turn: TurnSpec) -> Record:
        """Play one repetition of a turn and return its record; the position is session index, turn and repetition."""
        index, number, repetition = position
        name = self.source.scenario.sessions[index].id
        place = {"session": name, "index": index, "number": number, "repetition": repetition}
        if turn.user is None and turn.paste is None:
            return {"type": "check", **place, **self._search_files(turn.expect, repetition)}
        self.on_progress(f"{name}:{number}" + (f" {repetition}/{turn.repeat}" if turn.repeat > 1 else ""))
        if turn.aside:
            return self._play_aside(agent, session, turn, place)
        self.runtime.clock.advance(seconds=turn.advance.total_seconds())
        record = self._record_turn(agent, session, turn, place)
        if record["turn"]:
            self._places[record["turn"]] = f"{name}:{number}"
        self.runtime.clock.advance(seconds=self.source.scenario.clock.per_turn.total_seconds())
        return record

    def _play_aside(self, agent: Agent, session: Session, turn: TurnSpec, place: Record) -> Record:
        key = self._aside_key(turn, place)
        if key in self.asides:
            return self.asides[key]
        with self.runtime.ids.within(_turn_name(place)):
            record = self._record_turn(agent, session, turn, place)
        self.asides[key] = record
        return record

    def _record_turn(self, agent: Agent, session: Session, turn: TurnSpec, place: Record) -> Record:
        runtime, repetition = self.runtime, place["repetition"]
        text = self._text(turn, repetition)
        if runtime.replies:
            runtime.replies.start_turn(turn.replies, repetition)
        embed_pending(runtime.client)
        record = {"type": "turn", **place, "aside": turn.aside, "at": runtime.clock.now().isoformat(), "user": text}
        with agent.aside(session.id) if turn.aside else nullcontext(session) as chat:
            recorder, error = self._send(chat, text, _turn_name(place))
            requests = runtime.model.take_requests()
            record |= {**recorder.build(agent, place["session"], self._places), "asked": requests, "error": error}
            record["unused"] = runtime.replies.unused if runtime.replies else 0
            record |= self._search_files(turn.expect, repetition)
        return record

    def _send(self, session: Session, text: str, name: str) -> tuple[TurnRecorder, Record | None]:
        """Send a message; return the recorder of the turn and its error, which the scenario may expect."""
        recorder = TurnRecorder()
        started = time.perf_counter()
        error = None
        try:
            for event in session.stream(text):
                recorder.add(event)
                if isinstance(event, ContextCompiled):
                    self.runtime.model.expect_step(event.tokens)
        except CassetteMiss:
            raise
        except CarrelError as failure:
            error = {"code": failure.code, "message": str(failure), "exit_code": failure.exit_code}
        if self.runtime.cassette and self.runtime.cassette.misses:
            raise self.runtime.cassette.misses[0]
        self.seconds[name] = time.perf_counter() - started
        return recorder, error

    def _text(self, turn: TurnSpec, repetition: int) -> str:
        parts = [turn.user] if turn.user is not None else []
        if turn.paste is not None:
            parts.append(read_text(self.source.file.parent / turn.paste))
        return str(fill_repetition("\n\n".join(parts), repetition))

    def _search_files(self, expectations: Sequence[Expectation], repetition: int = 1) -> Record:
        """Search the home's files, while they exist, for the texts of `storage` expectations."""
        wanted = [fill_model(item.storage, repetition) for item in expectations if item.storage]
        texts = dict.fromkeys(text for item in wanted for text in (*item.absent, *item.present))
        home = self.runtime.client.config.home
        return {"storage": {text: find_files_with(home, text) for text in texts}} if texts else {}

    def _aside_key(self, turn: TurnSpec, place: Record) -> str:
        if not self._conversation:
            self._conversation = hash_conversation(self.source.scenario)
        position = (place["index"], place["number"], place["repetition"])
        return aside_key(self._conversation, turn, position, self.runtime.model.name)


def _session_id(agent: Agent, spec: SessionSpec) -> str:
    """Return the id of the session that holds the messages loaded for it, or of a new one."""
    existing = next((info.id for info in agent.sessions.all() if info.name == spec.id), None)
    return existing or agent.sessions.start(spec.id)


def _turn_name(place: Record) -> str:
    return f"{place['session']}:{place['number']}.{place['repetition']}"


class TurnFailed(CarrelError):
    """A turn failed without an expectation of an error."""

    def __init__(self, record: Record) -> None:
        error = record["error"]
        super().__init__(f"Turn {record['session']}:{record['number']} failed: {error['message']}")
        self.record = record
        self.failure: str = error["code"]
        self.failure_exit: int = error["exit_code"]
