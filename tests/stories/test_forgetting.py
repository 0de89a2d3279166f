"""Words that came in through every door and are forgotten for good: no byte keeps them, and none comes back.

CARREL_FORGET_WORDS=50 plants more of them.
"""

import json
import os
import random
import string
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import MemoryRefused
from carrel.memory.forgetting.files import scan
from carrel.memory.values import Cause, NewMessage
from carrel.messages import AssistantMessage, SystemMessage, UserMessage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Request
from carrel.rendering.prompt import split_tail
from carrel.tools.tool import tool

pytestmark = pytest.mark.slow

WORDS = int(os.environ.get("CARREL_FORGET_WORDS", "9"))
FILLER = "The weather was fine and the harbour full of boats. "


@tool(effect="none")
def lookup(name: str) -> str:
    """Look a name up."""
    return f"The register says: {name} is registered under {name}-77."


class Parrot:
    """A model that keeps and repeats whatever it is told, calls a tool with it, and summarises it."""

    def __call__(self, request: Request) -> AssistantMessage:
        """Store and look up what the last message says, then repeat it."""
        text = next(m.text for m in reversed(request.messages) if isinstance(m, UserMessage))
        head = request.messages[0]
        if isinstance(head, SystemMessage) and head.text.startswith("You keep the running summary"):
            return say(f"They spoke of this: {text[-400:]}")
        typed = split_tail(text)[0]
        word = next((piece.strip(".,") for piece in typed.split() if piece.startswith("zq")), None)
        if word is None or not request.tools or not isinstance(request.messages[-1], UserMessage):
            return say(f"You said: {text[:300]}")
        return calls(
            call("core_memory_append", label="human", content=f"Knows about {word}."),
            call("archival_insert", text=f"The user mentioned {word} today.", tags=[word]),
            call("lookup", name=word),
        )


def type_in(home: Path, line: str) -> None:
    """Leave a line in the history of the chat."""
    with (home / "history").open("a", encoding="utf-8") as file:
        file.write(f"\n# 2026-01-01\n+{line}\n")


def plant(agent: Agent, home: Path, word: str, door: int) -> None:
    """Bring a word in through one of the doors."""
    chat: Callable[[str], object] = agent.session("last" if agent.sessions.all() else None).send
    doors: Sequence[Callable[[], object]] = (
        lambda: chat(f"My dog is called {word} and sleeps a lot."),
        lambda: agent.recall.load(
            [NewMessage("user", f"I met {word} at the market.", speaker="Ann", session="letters")]
        ),
        lambda: agent.archival.insert(f"A document about {word} and its rivers.", source="a.md", cause=Cause("import")),
        lambda: chat(f"Look {word} up, please."),
        lambda: chat(FILLER * 120 + f"By the way, {word} is the code. " + FILLER * 20),
        lambda: agent.core.append("persona", f"I admire {word}.", Cause("user")),
        lambda: agent.recall.load(
            [NewMessage("user", "What a day it was!", speaker=word.title(), session=f"On {word}")]
        ),
        lambda: (home / f"{door}.cassette").write_text(json.dumps({"text": f"About {word}"}), encoding="utf-8"),
        lambda: type_in(home, f"/search {word}"),
    )
    doors[door % len(doors)]()


def new_word(source: random.Random) -> str:
    """Return a word that nothing else holds."""
    return "zq" + "".join(source.choices(string.ascii_lowercase, k=9))


@pytest.fixture
def carrel(home: Path, clock: FrozenClock) -> Iterator[Carrel]:
    """A home with the parrot and its tool, and a small window."""
    flags = {"window": 2500, "reply_tokens": 100, "limit_human": 20_000, "limit_persona": 20_000}
    model = ScriptedModel(Parrot())
    with Carrel.open(home, model, "none", clock, tools=(lookup,), flags=flags) as opened:
        yield opened


def found_in(home: Path, words: Sequence[str]) -> dict[str, int]:
    """Return the files of a home that hold one of the words."""
    return scan(home, words).found


def test_words_from_every_door(carrel: Carrel, home: Path, clock: FrozenClock) -> None:
    """Each word is in the home before it is forgotten and nowhere afterwards, also after it is imported again."""
    source = random.Random(11)
    agent = carrel.agent("ada")
    words = [new_word(source) for _ in range(WORDS)]
    for door, word in enumerate(words):
        clock.advance(minutes=5)
        plant(agent, home, word, door)
        agent.session("last").send(f"Tell me about rain, number {door}.")
        assert found_in(home, [word]), door
    assert agent.memory.queue.summary(agent.sessions.find("last"))
    for door, word in enumerate(words):
        left = agent.forget(query=word, hard=True).left
        assert found_in(home, [word]).keys() == {item.where for item in left}, door
        assert (left == ()) is (door % 9 != 7), door
    for path in home.glob("*.cassette"):
        path.unlink()
    assert found_in(home, words) == {}
    for door, word in enumerate(words):
        if door % 9 in (1, 2, 6):
            with suppress(MemoryRefused):
                plant(agent, home, word, door)
    agent.session().send("What was my dog called, and what did I tell you about the market?")
    for word in words:
        assert agent.memory.search.find(word, ("recall", "archival")).total == 0
    assert found_in(home, words) == {}


def test_what_consolidation_made_of_it(carrel: Carrel, home: Path) -> None:
    """What a review took from an import goes with it, and neither a review nor an import brings it back."""
    agent = carrel.agent("ada")
    word = new_word(random.Random(3))
    letters = [NewMessage("user", f"I met {word} at the market.", source="1", session="letters")]
    agent.recall.load(letters)
    assert [name for reviewed in agent.consolidate() for name, ok in reviewed.calls if ok] == [
        "core_memory_append",
        "archival_insert",
    ]
    assert word in agent.core["human"].value
    agent.forget(query=word, hard=True)
    assert found_in(home, [word]) == {}
    told = f"Knows about {word}."
    with pytest.raises(MemoryRefused, match="forgotten for good"):
        agent.core.append("human", told, Cause("agent", reason="consolidation"))
    agent.recall.load([*letters, NewMessage("user", "I sail.", source="2", session="letters")])
    assert [reviewed.messages for reviewed in agent.consolidate()] == [1]
    assert found_in(home, [word]) == {}


def test_a_whole_session(carrel: Carrel, home: Path) -> None:
    """What was said in one session is nowhere any more, though another one quotes it; the other one is still there."""
    agent = carrel.agent("ada")
    words = [new_word(random.Random(5)), new_word(random.Random(6))]
    first = agent.session()
    for word in words:
        first.send(f"My dog is called {word} and sleeps a lot.")
    second = agent.session()
    second.send("You said: the harbour is full of boats.")
    second.send("What is my dog called that sleeps a lot?")
    assert found_in(home, words)
    agent.memory.forgetting.erase_session(str(first.id), Cause("user"))
    assert found_in(home, words) == {}
    assert [info.id for info in agent.sessions.all()] == [second.id]
    assert agent.recall.search("harbour").total > 0


def test_a_whole_agent(carrel: Carrel, home: Path) -> None:
    """A removed agent leaves no byte; another agent keeps what it was told, in the same words."""
    agent, other = carrel.agent("ada"), carrel.agent("bob")
    word, shared = new_word(random.Random(7)), "The harbour is full of boats."
    for door in (0, 1, 2, 3, 5, 8):
        plant(agent, home, word, door)
    for each in (agent, other):
        each.session().send(shared)
    assert carrel.store.remove_agent("ada").left == ()
    assert found_in(home, [word]) == {}
    assert other.recall.search("harbour boats").total > 0
