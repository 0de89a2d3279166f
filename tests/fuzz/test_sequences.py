"""Whatever a server does in whatever order, each turn ends in words, and nothing is done twice."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from carrel.agent.agent import Agent, Session
from carrel.agent.events import Answer, Event
from carrel.bootstrap import Carrel
from carrel.errors import CarrelError
from carrel.memory.upkeep.check import check
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import ScriptedAnswer as Scripted
from carrel.models.chat.scripted import call, calls, say
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.protocols import Request
from carrel.testing.catalog import FAULTS, fault
from carrel.testing.fake_server import FakeServer
from tests.clocks import InstantClock
from tests.fuzz import MANY
from tests.memory.damage import executions, passage_texts
from tests.testing.faulty import posting

pytestmark = pytest.mark.network

SEQUENCES = 1000 if MANY else 24
TOGETHER = 50 if MANY else 12
"""Sequences in one test, each with a seed of its own."""

SILENT = ("stall", "stall-midstream", "drip", "slow")
"""Faults that take seconds: they have their rows in the table, and come rarely here."""


@dataclass
class Server:
    """Answers at random, by its seed: well, or with a fault of the catalog."""

    chance: random.Random
    made: list[str] = field(default_factory=list)
    """The texts that calls were to store or to post, each but once."""

    def __call__(self, request: Request) -> Scripted:
        """Return the next answer."""
        if self.chance.random() < 0.5:
            names = [name for name in FAULTS if name not in SILENT or self.chance.random() < 0.02]
            return fault(self.chance.choice(names))
        asked = [self._call() for _ in range(self.chance.choice([0, 0, 1, 1, 2, 3]))]
        return calls(say(self.chance.choice(["", "Good. ", "好的。"])), *asked) if asked else say("That is all.")

    def _call(self) -> AssistantMessage:
        tool = self.chance.choice(["post", "archival_insert", "archival_insert", "recall_search", "core_memory_append"])
        text = f"Fact number {len(self.made)} of {self.chance.random()}."
        match tool:
            case "recall_search":
                return call(tool, query="fact")
            case "core_memory_append":
                return call(tool, label="human", content="Likes tea.")
        self.made.append(text)
        return call(tool, text=text)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has just been made."""
    place = tmp_path_factory.mktemp("blank") / "home"
    Carrel.open(place, "offline", "none").close()
    return place


@pytest.mark.parametrize("first", range(0, SEQUENCES, TOGETHER))
def test_any_sequence_of_faults_ends_well(blank: Path, tmp_path: Path, first: int) -> None:
    """Each turn ends in words, the database is sound, each call was executed once, and a turn at the end works."""
    for seed in range(first, first + TOGETHER):
        place = Path(copytree(blank, tmp_path / str(seed)))
        server, posted = _sequence(place, seed)
        with Carrel.open(place, "offline", "none") as carrel:
            ada = carrel.agent("ada")
            assert ada.session("last" if ada.sessions.all() else None).send("Are you there?").text, seed
            assert check(carrel.store).problems == [], seed
            _nothing_was_done_twice(ada, server, posted, seed)
        rmtree(place)


def _sequence(home: Path, seed: int) -> tuple[Server, list[str]]:
    """Talk through a server with faults, and return it with what was posted to the outside."""
    chance = random.Random(seed)
    server, posted = Server(chance), list[str]()
    with FakeServer(server) as fake:
        for _ in range(chance.randint(1, 3)):
            model = OpenAIChat("any", fake.url, timeout=3, clock=InstantClock())
            window = chance.choice([2500, 8000, 8000])
            with Carrel.open(home, model, "none", tools=(posting(posted),), flags={"window": window}) as carrel:
                ada = carrel.agent("ada")
                _talk(ada, chance, seed)
    return server, posted


def _talk(ada: Agent, chance: random.Random, seed: int) -> None:
    chat = ada.session("last" if ada.sessions.all() else None)
    for number in range(chance.randint(1, 3)):
        text = f"Message {number}. " + "The kettle sings. " * chance.choice([1, 1, 40])
        _end(chat.stream(text), chance, seed)
        if chance.random() < 0.4:
            _end(chat.resume(), chance, seed)
    assert isinstance(chat, Session)


def _end(events: Iterator[Event], chance: random.Random, seed: int) -> None:
    """Listen to a turn, sometimes not to its end, and check how it ends."""
    patience = chance.randint(1, 12) if chance.random() < 0.15 else None
    seen: list[Event] = []
    told: CarrelError | None = None
    try:
        for event in events:
            seen.append(event)
            if len(seen) == patience:
                events.close()  # type: ignore[attr-defined]
                return
    except CarrelError as error:
        told = error
    if told is not None:
        assert (told.message[-1], bool(told.hint)) == (".", True), (seed, str(told))
        return
    assert not seen or (isinstance(seen[-1], Answer) and seen[-1].text), seed


def _nothing_was_done_twice(ada: Agent, server: Server, posted: list[str], seed: int) -> None:
    """What was posted and stored is what the record says was done; what was to be done once was not done twice."""
    runs, stored = executions(ada.memory), passage_texts(ada.memory)
    states = {turn.state for turn in ada.memory.turns.all()}
    done = Counter(json.loads(run.arguments)["text"] for run in runs if run.name == "post" and run.state == "done")
    assert Counter(posted) == done, seed
    unique = set(server.made)
    assert all(number == 1 for text, number in (Counter(posted) + Counter(stored)).items() if text in unique), seed
    assert states <= {"complete", "failed", "interrupted"}, seed
