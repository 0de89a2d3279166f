"""Play a story over the real agent: the clock moves, turns are taken, and each becomes a record of the trajectory."""

import hashlib
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carrel.agent.agent import Agent, Session
from carrel.agent.events import ContextCompiled
from carrel.errors import CarrelError, CassetteMiss, UsageError
from carrel.formats import DOCUMENTS, format_of, read_conversation, read_document
from carrel.formats.files import read_text
from carrel.memory.values import Cause, NewMessage
from carrel.messages import canonical
from carrel.scenario.files.expectations import Expectation
from carrel.scenario.files.load import Source
from carrel.scenario.files.story import Import, SessionSpec, Setup, Turn
from carrel.scenario.files.templates import numbered, numbered_model
from carrel.scenario.play.stage import Stage, settle
from carrel.scenario.record.observe import Notes, core_of, loaded, passages_of
from carrel.scenario.record.state import Record
from carrel.scenario.record.storage import files_with

SCHEMA = "carrel/trajectory@1"
SETUP = Cause("api", reason="scenario setup")

Answers = MutableMapping[str, Record]
"""Records of turns on the side that were played before, by their key: those are not asked again."""


@dataclass(slots=True)
class Player:
    """One story on its stage."""

    source: Source
    stage: Stage
    progress: Callable[[str], None] = lambda where: None
    known: Answers = field(default_factory=dict)
    stop_at: tuple[str, int] | None = None
    """The session and the turn after which to stop; turn 0 is the session's beginning."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each turn took; not part of the trajectory, which is the same in every run."""
    stopped: Session | None = None
    """Where it was stopped: the sitting at hand."""
    _places: dict[str, str] = field(default_factory=dict)
    _story: str = ""

    def play(self) -> Iterator[Record]:
        """Yield what happens, record by record.

        Raises:
            CarrelError: something failed that the story does not expect.
        """
        scenario = self.source.scenario
        agent = self._agent()
        yield {
            "type": "story",
            "schema": SCHEMA,
            "model": self.stage.model.name,
            "seed": scenario.agent.seed,
            "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_unset=True),
        }
        yield {"type": "setup", "session": None, **self._set_up(agent, scenario.setup)}
        for index, session in enumerate(scenario.sessions):
            yield from self._session(agent, index, session)
            if self.stopped:
                return
        yield {"type": "end", **self._storage(scenario.expect)}

    def _agent(self) -> Agent:
        spec = self.source.scenario.agent
        given = {"persona": spec.persona, "human": spec.human}
        agent = self.stage.desk.agent(spec.name)
        for label, value in given.items():
            if value is not None:
                agent.core.rethink(label, value, SETUP)
        return agent

    def _session(self, agent: Agent, index: int, spec: SessionSpec) -> Iterator[Record]:
        self._move_to(spec)
        yield {"type": "session", "session": spec.id, "at": self.stage.clock.now().isoformat()}
        if spec.setup.model_fields_set:
            yield {"type": "setup", "session": spec.id, **self._set_up(agent, spec.setup)}
        if spec.messages:
            yield {"type": "messages", "session": spec.id, "messages": self._load(agent, spec)}
        chat = agent.session(self._sitting(agent, spec)) if spec.turns else None
        for number, turn in enumerate(spec.turns, 1):
            assert chat is not None
            if self._stops(spec.id, number - 1, chat):
                return
            for i in range(1, turn.repeat + 1):
                record = self._turn(agent, chat, (index, number, i), turn)
                yield record
                if is_unexpected(record, turn):
                    raise TurnFailed(record)
        if chat is not None and self._stops(spec.id, len(spec.turns), chat):
            return
        after = self._closed(agent, chat) if chat is not None and agent.consolidates else {}
        yield {"type": "close", "session": spec.id, "index": index, **after, **self._storage(spec.expect)}

    def _closed(self, agent: Agent, chat: Session) -> Record:
        """End a sitting in which memory is put in order at the end, and return what memory then holds."""
        known = [passage.id for passage in agent.archival.latest(100_000)]
        chat.close()
        settle(self.stage.desk)
        ids = [*known, *(passage.id for passage in agent.archival.latest(100_000))]
        return {"asked": self.stage.model.taken(), "core": core_of(agent), "passages": passages_of(agent, ids)}

    def _stops(self, session: str, number: int, chat: Session) -> bool:
        if self.stop_at == (session, number):
            self.stopped = chat
        return self.stopped is not None

    def _move_to(self, spec: SessionSpec) -> None:
        clock = self.stage.clock
        if spec.at is None:
            clock.advance(seconds=spec.advance.total_seconds())
            return
        try:
            clock.move_to(spec.at)
        except UsageError as error:
            raise UsageError(f"Session '{spec.id}': {error.message}", "Give sessions in the order of time.") from None

    def _zoned(self, moment: datetime | None) -> datetime | None:
        """Return a moment with its zone: the clock's, where it has none of its own."""
        return moment.replace(tzinfo=self.stage.clock.zone) if moment and not moment.tzinfo else moment

    def _sitting(self, agent: Agent, spec: SessionSpec) -> str:
        """Return the id of the sitting: a new one, or the one that its messages are in."""
        known = next((info.id for info in agent.sessions.all() if info.name == spec.id), None)
        return known or agent.sessions.start(spec.id)

    def _set_up(self, agent: Agent, setup: Setup) -> Record:
        messages: list[Record] = []
        for label, value in setup.core.items():
            agent.core.rethink(label, value, SETUP)
        ids = [
            agent.archival.insert(item.text, item.tags, self._zoned(item.at), item.source, cause=SETUP).passage.id
            for item in setup.archival
        ]
        for wanted in setup.imports:
            found, passages = self._import(agent, wanted)
            messages += found
            ids += passages
        settle(self.stage.desk)
        return {"core": core_of(agent), "messages": messages, "passages": passages_of(agent, ids)}

    def _import(self, agent: Agent, wanted: Import) -> tuple[list[Record], list[str]]:
        path = self.source.file.parent / wanted.file
        form = format_of(path, wanted.format)
        if form in DOCUMENTS:
            parts = read_document(path)
            return [], [agent.archival.insert(part, source=path.name, cause=SETUP).passage.id for part in parts]
        messages = read_conversation(path, form)
        agent.recall.load(messages)
        return [loaded(message) for message in messages], []

    def _load(self, agent: Agent, spec: SessionSpec) -> list[Record]:
        now = self.stage.clock.now()
        messages = [
            NewMessage(item.role, item.text, self._zoned(item.at) or now, item.speaker, spec.id, item.source)
            for item in spec.messages
        ]
        agent.recall.load(messages)
        settle(self.stage.desk)
        return [loaded(message) for message in messages]

    def _turn(self, agent: Agent, chat: Session, at: tuple[int, int, int], turn: Turn) -> Record:
        """Play one turn, or one repetition of it, and return its record."""
        index, number, i = at
        session = self.source.scenario.sessions[index].id
        place = {"session": session, "index": index, "number": number, "repetition": i}
        if turn.user is None and turn.paste is None:
            return {"type": "check", **place, **self._storage(turn.expect, i)}
        self.progress(f"{session}:{number}" + (f" {i}/{turn.repeat}" if turn.repeat > 1 else ""))
        key = self._key(at, turn)
        if turn.aside and key in self.known:
            return self.known[key]
        if not turn.aside:
            self.stage.clock.advance(seconds=turn.advance.total_seconds())
        record = self._said(agent, chat, turn, place)
        if turn.aside:
            self.known[key] = record
        else:
            self.stage.clock.advance(seconds=self.source.scenario.clock.per_turn.total_seconds())
        return record

    def _said(self, agent: Agent, chat: Session, turn: Turn, place: Record) -> Record:
        i = place["repetition"]
        text = self._text(turn, i)
        if self.stage.actor:
            self.stage.actor.rehearse(turn.replies, i)
        settle(self.stage.desk)
        record = {"type": "turn", **place, "aside": turn.aside, "at": self.stage.clock.now().isoformat(), "user": text}
        with self.stage.ids.within(self._where(place) if turn.aside else ""), self._apart(agent, chat, turn) as sitting:
            notes, error = self._asked(sitting, text, self._where(place))
            asked = self.stage.model.taken()
            record |= {**notes.record(agent, place["session"], self._places), "asked": asked, "error": error}
            record["unused"] = self.stage.actor.left if self.stage.actor else 0
            record |= self._storage(turn.expect, i)
        if not turn.aside and notes.turn:
            self._places[notes.turn] = f"{place['session']}:{place['number']}"
        return record

    def _apart(self, agent: Agent, chat: Session, turn: Turn) -> AbstractContextManager[Session]:
        return agent.aside(chat.id) if turn.aside else nullcontext(chat)

    def _asked(self, sitting: Session, text: str, where: str) -> tuple[Notes, Record | None]:
        """Take the turn; an error is noted, since the story may expect it."""
        notes = Notes()
        started = time.perf_counter()
        error = None
        try:
            for event in sitting.stream(text):
                notes.take(event)
                if isinstance(event, ContextCompiled):
                    self.stage.model.announce(event.tokens)
        except CassetteMiss:
            raise
        except CarrelError as failed:
            error = {"code": failed.code, "message": str(failed), "exit_code": failed.exit_code}
        if self.stage.cassette and self.stage.cassette.missed:
            raise self.stage.cassette.missed[0]
        self.seconds[where] = time.perf_counter() - started
        return notes, error

    def _where(self, place: Record) -> str:
        return f"{place['session']}:{place['number']}.{place['repetition']}"

    def _text(self, turn: Turn, i: int) -> str:
        parts = [turn.user] if turn.user is not None else []
        if turn.paste is not None:
            parts.append(read_text(self.source.file.parent / turn.paste))
        return str(numbered("\n\n".join(parts), i))

    def _storage(self, expectations: Sequence[Expectation], i: int = 1) -> Record:
        """Look for the texts that expectations ask about, while the files are there."""
        wanted = [numbered_model(item.storage, i) for item in expectations if item.storage]
        texts = dict.fromkeys(text for item in wanted for text in (*item.absent, *item.present))
        home = self.stage.desk.config.home
        return {"storage": {text: files_with(home, text) for text in texts}} if texts else {}

    def _key(self, at: tuple[int, int, int], turn: Turn) -> str:
        """Return what tells a turn on the side from all others: the story before it, the model, the question."""
        if not self._story:
            self._story = self._fingerprint()
        asked = turn.model_dump(mode="json", exclude={"expect", "score"})
        text = canonical([self._story, asked, at, self.stage.model.name])
        return hashlib.sha256(text.encode()).hexdigest()

    def _fingerprint(self) -> str:
        dump: dict[str, Any] = self.source.scenario.model_dump(
            mode="json", by_alias=True, exclude_unset=True, exclude={"expect", "tags", "about"}
        )
        for session in dump["sessions"]:
            session["turns"] = [item for item in session.get("turns", ()) if not item.get("aside")]
        return hashlib.sha256(canonical(dump).encode()).hexdigest()


def is_unexpected(record: Record, turn: Turn) -> bool:
    """Return whether a turn failed that should not have."""
    return bool(record.get("error")) and not any(item.error for item in turn.expect)


class TurnFailed(CarrelError):
    """A turn failed that should not have."""

    def __init__(self, record: Record) -> None:
        error = record["error"]
        super().__init__(f"Turn {record['session']}:{record['number']} failed: {error['message']}")
        self.record = record
        self.failure: str = error["code"]
        self.failure_exit: int = error["exit_code"]
