"""Any talk with any model in any window: every request keeps what main context promises."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.messages import AssistantMessage, Message, SystemMessage, ToolResult, UserMessage, canonical, to_json
from carrel.models.chat.scripted import ScriptedAnswer, call, calls, say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request, TextPiece
from carrel.rendering.prompt import split_tail
from tests.reading import agrees, believed

pytestmark = pytest.mark.slow

COUNTER = Estimator()
texts = st.builds(
    lambda kind, size: kind * size,
    st.sampled_from(["walnut ", "我喜欢核桃。", "f(x);\n", "<context a>", "Block 'human' now holds "]),
    st.sampled_from([1, 3, 30, 300]),
)
moves = st.tuples(st.sampled_from(["say", "say", "append", "rethink", "search", "bad", "both"]), texts)
turns = st.lists(
    st.tuples(texts, st.lists(moves, max_size=3), st.sampled_from(["", "", "edit"])), min_size=1, max_size=10
)


class Checking:
    """A model that plays drawn moves and checks each request that it is sent."""

    name = "checking"

    def __init__(self, window: int) -> None:
        self.moves: list[tuple[str, str]] = []
        self.agent: Agent | None = None
        self._window = window
        self._before: list[Message] = []
        self._head = ""
        self._calls = 0
        self._summaries = 0

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Check, then move."""
        if request.messages[0].text.startswith("You keep the running summary"):
            assert self._size(request) <= self._window
            self._summaries += 1
            yield Reply(say(f"They spoke of walnuts {self._summaries} times."))
            return
        assert self._size(request) <= self._window
        self._check_core(request)
        self._check_bytes(request)
        answer = self._move(*self.moves.pop(0)) if self.moves and request.tools else "Yes."
        yield Reply(say(answer) if isinstance(answer, str) else answer)  # type: ignore[arg-type]

    def _size(self, request: Request) -> int:
        texts = [message.text for message in request.messages] + [canonical(tool.to_json()) for tool in request.tools]
        made = [
            canonical(to_json(m)["tool_calls"]) for m in request.messages if isinstance(m, AssistantMessage) and m.calls
        ]
        return sum(map(COUNTER.count, [*texts, *made])) + 3 * len(request.messages) + (request.max_tokens or 0)

    def _check_core(self, request: Request) -> None:
        assert self.agent
        stored = {block.label: block.value for block in self.agent.core.all()}
        seen = believed(request)
        assert set(seen) == set(stored)
        assert all(agrees(seen[label], value) for label, value in stored.items())

    def _check_bytes(self, request: Request) -> None:
        """The messages of the request before begin this one, or, after a flush, an end of them does."""
        head, *now = [_bare(message) for message in request.messages]
        before = self._before
        kept = next(start for start in range(len(before) + 1) if before[start:] == now[: len(before) - start])
        assert kept == 0 or head.text != self._head
        self._before, self._head = now, head.text

    def _move(self, kind: str, text: str) -> ScriptedAnswer:
        self._calls += 1
        edit = call("core_memory_append", label="human", content=text[:90])
        match kind:
            case "append":
                return edit
            case "rethink":
                return call("core_memory_rethink", label="persona", value=f"I am {text}"[:1900])
            case "search":
                return call("recall_search", query="walnut 核桃", page=1 + self._calls % 2)
            case "bad":
                return calls(call("nothing", a=text), call("core_memory_replace", label="human", old=text, new="x"))
            case "both":
                return calls(say(text), edit, call("archival_insert", text=text * 9))
        return say(text)


def _bare(message: Message) -> Message:
    """Return a message without the tail that it may carry."""
    text = split_tail(message.text)[0]
    match message:
        case UserMessage():
            return UserMessage(text)
        case ToolResult():
            return ToolResult(message.call_id, message.name, text, message.ok)
        case SystemMessage() | AssistantMessage():
            return message


@settings(deadline=None, max_examples=10, phases=[Phase.generate])  # to shrink a whole talk takes minutes
@given(turns, st.sampled_from([2000, 3000, 4000, 8000]), st.sampled_from([0.3, 0.5, 1.0]))
def test_every_request_keeps_its_promises(
    talk: list[tuple[str, list[tuple[str, str]], str]], window: int, share: float
) -> None:
    """It fits, core memory is as stored, what stood there stands unless a flush took it, and recall has it all."""
    model = Checking(window)
    home = Path(tempfile.mkdtemp())
    try:
        flags = {"window": window, "evict_share": share}
        with Carrel.open(home, model, "none", FrozenClock("2026-01-05T09:00:00+00:00"), flags=flags) as carrel:
            ada = model.agent = carrel.agent("ada")
            chat = ada.session()
            for said, drawn, edit in talk:
                model.moves = list(drawn)
                chat.send(said)
                if edit:
                    ada.core.rethink("human", f"Edited: {said}"[:1500])
            users = [message.text for message in ada.recall.latest(999) if message.role == "user"]
            assert users == [said.strip() for said, _, _ in talk]
    finally:
        shutil.rmtree(home)
