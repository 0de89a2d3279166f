"""A long talk in a window of 4,000 tokens. CARREL_STORY_TURNS=2000 (`make long`) tells the whole of it."""

import itertools
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.agent.events import QueueFlushed
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.messages import AssistantMessage, ToolResult, canonical, to_json
from carrel.models.offline.model import OfflineModel
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request, TextPiece

pytestmark = pytest.mark.slow

TURNS = int(os.environ.get("CARREL_STORY_TURNS", "120"))
WINDOW = 4000
COUNTER = Estimator()
FACTS = {
    1: ("My sailing boat is called Marigold.", "What is my sailing boat called?", "Marigold"),
    TURNS // 4: ("I was born in the town of Visby in 1983.", "In which town was I born?", "Visby"),
    TURNS // 2: ("我的医生是欧阳医生。", "我的医生是谁？", "欧阳"),
}
"""What is told in which turn, how it is asked for at the end, and what the answer must hold."""

SUBJECTS = "kettle ladder violin harbour meadow lantern saddle pepper thimble walnut".split()
VERBS = "broke arrived vanished sang melted grew fell shone".split()


class Watched:
    """The offline model, behind a check of every request that reaches it."""

    name = "offline"

    def __init__(self) -> None:
        self._model = OfflineModel()
        self.sizes: list[int] = []

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Count the request as it would go over the wire, check its calls, and let the model answer."""
        bodies = [canonical(to_json(message)) for message in request.messages]
        tools = [canonical(tool.to_json()) for tool in request.tools]
        texts = sum(COUNTER.count(message.text) for message in request.messages)
        calls = sum(
            COUNTER.count(canonical(body["tool_calls"]))
            for body in map(to_json, request.messages)
            if "tool_calls" in body
        )
        self.sizes.append(texts + calls + sum(map(COUNTER.count, tools)) + 3 * len(bodies))
        assert self.sizes[-1] + (request.max_tokens or 0) <= WINDOW
        assert_paired(request)
        return self._model.stream(request)


def assert_paired(request: Request) -> None:
    """Check that each call has its result right after it, in order."""
    waiting: list[str] = []
    for message in request.messages:
        if isinstance(message, ToolResult):
            assert waiting.pop(0) == message.call_id
            continue
        assert not waiting
        waiting = [made.id for made in message.calls] if isinstance(message, AssistantMessage) else []
    assert not waiting


def small_talk(source: random.Random, turn: int) -> str:
    """Return something to say: mostly statements of nobody, now and then a question or a statement of the user's."""
    thing, verb = source.choice(SUBJECTS), source.choice(VERBS)
    match turn % 10:
        case 3:
            return f"I saw a {thing} that {verb} on day {turn}."
        case 7:
            return f"When was it that the {thing} {verb}?"
        case _:
            return f"The {thing} of house {turn} {verb}" + " and so did the next one" * source.randint(0, 12) + "."


def test_nothing_overflows_and_nothing_is_lost(home: Path, clock: FrozenClock) -> None:
    """No request is over the budget, calls are paired, the summary stays bounded, and old facts are found."""
    source, model, summaries = random.Random(3), Watched(), []
    with Carrel.open(home, model, "none", clock, flags={"window": WINDOW}) as carrel:
        ada = carrel.agent("ada")
        chat = ada.session()
        said = [FACTS[turn][0] if turn in FACTS else small_talk(source, turn) for turn in range(1, TURNS + 1)]
        for text in said:
            summaries += [event.summary for event in chat.stream(text) if isinstance(event, QueueFlushed)]
            clock.advance(minutes=7)
        for _, question, answer in FACTS.values():
            assert answer in chat.send(question).text
        users = [message.text for message in ada.recall.latest(99 * TURNS) if message.role == "user"]
        numbers = [message.n for message in ada.memory.queue.load(chat.id or "")]
    assert users == [*said, *(question for _, question, _ in FACTS.values())]
    assert all(before < after for before, after in itertools.pairwise(numbers))
    assert len(summaries) >= TURNS // 40
    assert max(map(COUNTER.count, summaries)) <= WINDOW // 12
    assert max(model.sizes) > WINDOW // 2
    print(f"{TURNS} turns, {len(model.sizes)} requests of at most {max(model.sizes)} tokens, {len(summaries)} flushes")  # noqa: T201
