"""Random turns, each undone and redone: memory is the same, byte for byte. CARREL_UNDO_TURNS=200 makes more of them."""

import os
import random
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.memory.values import Cause
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Request
from tests.memory.looking import LASTING, WORK, everything

pytestmark = pytest.mark.slow

TURNS = int(os.environ.get("CARREL_UNDO_TURNS", "24"))
WORDS = "kettle ladder violin harbour meadow 书店 图书馆 saddle pepper thimble walnut Zürich".split()


class Restless:
    """A model that edits, stores, replaces, deletes, forgets and searches at random, and answers in the end."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.ids: list[str] = []

    def text(self) -> str:
        """Return a random sentence."""
        return f"The {self._random.choice(WORDS)} and the {self._random.choice(WORDS)} {self._random.random()}."

    def __call__(self, request: Request) -> AssistantMessage:
        """Return a few calls, or an answer."""
        if not request.tools or self._random.random() < 0.4:
            return say(f"Yes. {self.text()}")
        offered = {tool.name for tool in request.tools}
        made = [self._call() for _ in range(self._random.randint(1, 3))]
        return calls(*(each for each in made if each.calls[0].name in offered))

    def _call(self) -> AssistantMessage:
        known = self._random.choice(self.ids or ["p-none"])
        return self._random.choice(
            [
                call("core_memory_append", label="human", content=self.text()),
                call("core_memory_rethink", label="human", value=self.text()),
                call("archival_insert", text=self.text(), tags=[self._random.choice(WORDS)]),
                call("archival_insert", text="The bees are in the garden.", tags=[self._random.choice(WORDS)]),
                call("archival_update", id=known, text=self.text()),
                call("archival_delete", id=known),
                call("memory_forget", ids=[known]),
                call("recall_search", query=self.text()),
            ]
        )


def test_random_turns_are_undone_and_redone(home: Path, clock: FrozenClock) -> None:
    """Each of many random turns is undone, redone, and with all the others undone and redone once more."""
    model = Restless(7)
    with Carrel.open(home, ScriptedModel(model), "none", clock, flags={"window": 2000, "reply_tokens": 100}) as carrel:
        carrel.approve = lambda name, arguments: True
        agent = carrel.agent("ada")
        memory = agent.memory
        session = agent.session()
        states = [everything(memory, WORK | LASTING)]
        for number in range(TURNS):
            clock.advance(minutes=7)
            session = agent.session() if number % 9 == 0 else session
            session.send(model.text() * (30 if number % 7 == 3 else 1))
            states.append(everything(memory, WORK | LASTING))
            memory.undo()
            assert everything(memory, WORK | LASTING) == states[-2], number
            memory.redo()
            assert everything(memory, WORK | LASTING) == states[-1], number
            model.ids = [passage.id for passage in agent.archival.latest(5)]
        for before in reversed(states[:-1]):
            memory.undo()
            assert everything(memory, WORK | LASTING) == before
        for after in states[1:]:
            memory.redo()
            assert everything(memory, WORK | LASTING) == after
        memory.core.append("persona", "I was here.", Cause("user"))
        with carrel.store.database.read() as connection:
            assert carrel.store.database.dialect.count_dangling(connection) == 0
