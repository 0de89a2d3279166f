"""Three hundred turns in a window of 2,000 tokens: nothing overflows, nothing is lost."""

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.messages import AssistantMessage, ToolResult, canonical, to_json
from carrel.models.chat.scripted import ScriptedAnswer, ScriptedModel, call, calls, say
from carrel.models.offline.model import OfflineModel
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import ChatModel, Request, StreamItem

pytestmark = pytest.mark.slow

WINDOW = 2000
TURNS = 300
COUNTER = Estimator()
SUBJECTS = "kettle ladder violin harbour meadow lantern saddle pepper thimble walnut".split()


class Checked:
    """A model that checks each request before it hands it on."""

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name
        self.requests = 0
        self.largest = 0
        self._model = model

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Count and check the request, then let the true model answer."""
        self.requests += 1
        self.largest = max(self.largest, tokens_of(request) + (request.max_tokens or 0))
        assert self.largest <= WINDOW
        assert_paired(request)
        return self._model.stream(request)


def tokens_of(request: Request) -> int:
    """Count a request by the texts, calls and tools that a chat template would show."""
    bodies = [to_json(message) for message in request.messages]
    texts = [body["content"] for body in bodies] + [canonical(body.get("tool_calls") or "") for body in bodies]
    tools = [tool.to_json() for tool in request.tools]
    return sum(map(COUNTER.count, texts)) + 3 * len(bodies) + COUNTER.count(canonical(tools))


def assert_paired(request: Request) -> None:
    """Check that each call has its result right after it, in order, and that roles alternate."""
    waiting: list[str] = []
    for before, message in itertools.pairwise(request.messages):
        if isinstance(message, ToolResult):
            assert waiting.pop(0) == message.call_id
            continue
        assert not waiting
        assert message.role != before.role
        waiting = [made.id for made in message.calls] if isinstance(message, AssistantMessage) else []
    assert not waiting


def chatted(home: Path, model: Checked, said: Sequence[str], clock: FrozenClock) -> list[str]:
    """Say these things in one session, an hour apart, and return the answers."""
    with Carrel.open(home, model, "none", clock, flags={"window": WINDOW}) as carrel:
        ada = carrel.agent("ada")
        answers = []
        with ada.session() as chat:
            for text in said:
                answers.append(chat.send(text).text)
                clock.advance(hours=1)
        users = [message.text for message in ada.recall.latest(10 * TURNS) if message.role == "user"]
        assert users == [text.strip() for text in said]
    return answers


def test_the_first_turn_is_quoted_in_the_last(home: Path, clock: FrozenClock) -> None:
    """With the offline model a fact of turn 1 is found and quoted with its date in turn 300, however little fits."""
    small_talk = [
        f"The {SUBJECTS[n % 10]} number {n} was {'very ' * (n % 40)}fine." if n % 10 else f"I saw a {SUBJECTS[n % 7]}."
        for n in range(TURNS - 2)
    ]
    model = Checked(OfflineModel())
    question = "What is the name of my dentist?"
    answers = chatted(home, model, ["My dentist is called Doctor Quillfeather.", *small_talk, question], clock)
    assert answers[0] == "Noted."
    assert "Doctor Quillfeather" in answers[-1]
    assert "5 January" in answers[-1]
    assert model.requests > TURNS


def busy(request: Request) -> ScriptedAnswer:
    """ScriptedAnswer by turns with long texts, many calls, broken calls and searches, in English, Chinese and code."""
    number = sum(len(message.text) for message in request.messages) + len(request.messages)
    last = request.messages[-1]
    if not request.tools or (isinstance(last, ToolResult) and number % 3):
        return say(("核桃很好吃。" if number % 2 else "def f(x): return x + 1\n") * (number % 90 + 1))
    if number % 5 == 0:
        return say("A word. " * (number % 700 + 1))
    if number % 7 == 0:
        return AssistantMessage("Hm.", calls(call("nothing"), call("archival_insert", txt="x" * 3000)).calls)
    text = f"Fact {number}. " + "我喜欢核桃。" * (number % 60)
    return calls(
        call("core_memory_append", label="human", content=text),
        call("archival_insert", text=text * 9, tags=["t" * 50]),
        call("recall_search", query=f"walnut {number}"),
        call("archival_search", query="fact 核桃", page=2),
    )


def test_calls_and_long_texts_never_overflow(home: Path, clock: FrozenClock) -> None:
    """With a model that calls and writes without measure, every request of 40 turns fits, with room for the reply."""
    model = Checked(ScriptedModel(busy))
    texts = ["walnut " * 900, "我喜欢核桃。" * 500, json.dumps({"a": list(range(2000))}), "Hello.", "for(;;){}\n" * 300]
    said = [f"{n} {texts[n % 5]}" for n in range(40)]
    chatted(home, model, said, clock)
    assert model.largest > WINDOW * 0.75
