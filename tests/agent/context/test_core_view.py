"""The last that the agent sees of core memory is what is stored, and the head stays as it is until a flush."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.agent.context.compiler import MainContext, compile_request
from carrel.agent.context.core_view import CoreView, view_core
from carrel.agent.prompts import prompt
from carrel.agent.window.budget import Budget
from carrel.agent.window.fixed_part import FixedPart
from carrel.agent.window.truncate import truncate_queue
from carrel.memory.values import Block, StoredMessage
from carrel.messages import ToolCall
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Request
from carrel.rendering.core_memory import render_edit
from carrel.rendering.prompt import Tail
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.toolbox import Toolbox
from tests.reading import agrees, believed

COUNTER = Estimator()
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LABELS = ("persona", "human", "rules")
BOX = Toolbox(MEMORY_TOOLS)

values = st.builds(
    lambda word, times: " ".join([word] * times),
    st.sampled_from(["walnut", "核桃", "Oslo 1983"]),
    st.sampled_from([1, 2, 5, 40, 150]),
)
labels = st.sampled_from(LABELS)
operations = st.one_of(
    st.tuples(st.just("agent"), labels, values),
    st.tuples(st.just("user"), labels, values),
    st.tuples(st.just("say"), labels, values),
    st.tuples(st.just("flush"), labels, values),
)


@dataclass
class World:
    """An agent's memory and queue, as the store would hold them."""

    budget: Budget
    blocks: dict[str, str] = field(default_factory=lambda: dict.fromkeys(LABELS, "As made."))
    queue: list[StoredMessage] = field(default_factory=list)
    kept: dict[str, str] | None = None
    n: int = 0

    def all(self) -> list[Block]:
        """Return the blocks."""
        return [Block(label, value, 2000) for label, value in self.blocks.items()]

    def add(self, role: str, text: str, **more: object) -> None:
        """Put a message into the queue."""
        self.n += 1
        known = {"calls": (), **more}
        stored = StoredMessage(self.n, f"m-{self.n:012d}", role, text, NOW, "s-1", COUNTER.count(text), **known)  # type: ignore[arg-type]
        self.queue.append(stored)

    def do(self, kind: str, label: str, value: str) -> None:
        """Change something as the agent, as somebody else, by talk or by a flush."""
        if kind in {"agent", "user"}:
            self.blocks[label] = value
        if kind == "agent":
            call = ToolCall(f"c{self.n}", "core_memory_rethink", "{}")
            self.add("user", "Please.")
            self.add("assistant", "", calls=(call,))
            self.add("tool", render_edit(label, value, 2000), call_id=call.id, tool=call.name)
        elif kind == "say":
            self.add("user", f"I said {value}.")
            self.add("assistant", "Yes.")
        elif kind == "flush":
            self.queue, self.kept = [], None

    def request(self) -> tuple[Request, CoreView]:
        """Compile what the agent would be sent now, keeping the head as the loop does."""
        small = self.budget.small
        tools = BOX.lean_schemas if small else BOX.schemas
        fixed = FixedPart.measure(prompt("system_lean" if small else "system"), tools, COUNTER)
        budget = replace(self.budget, fixed=fixed.tokens)
        shown = truncate_queue(self.queue, budget.message, COUNTER)
        core = view_core(self.kept, self.all(), shown, budget, COUNTER)
        self.kept = dict(core.blocks)
        context = MainContext(
            fixed=fixed, core=core, summary="", queue=[*self.queue], shown=shown, tail=Tail("abcd", NOW, 1, 1)
        )
        return compile_request(context, budget, COUNTER).request, core


@settings(deadline=None, max_examples=40)
@given(st.lists(operations, max_size=12), st.sampled_from([2000, 4000, 8000, 32_000]))
def test_what_the_agent_sees_is_what_is_stored(done: list[tuple[str, str, str]], window: int) -> None:
    """Whoever changes core memory, the newest sight of each block is its value, or the beginning of it."""
    world = World(Budget(window, 1024))
    for operation in done:
        world.do(*operation)
        request, _ = world.request()
        for label, seen in believed(request).items():
            assert agrees(seen, world.blocks[label])


@settings(deadline=None, max_examples=25)
@given(st.lists(operations, max_size=12))
def test_the_head_stands_still_until_a_flush(done: list[tuple[str, str, str]]) -> None:
    """In a window of 32,000 tokens nothing but a flush changes the head's bytes, as long as what changed is short."""
    world = World(Budget(32_000, 1024))
    before = world.request()[0].messages[0]
    for kind, label, value in done:
        world.do(kind, label, value[:200])
        after = world.request()[0].messages[0]
        assert after == before or kind == "flush"
        before = after


def test_a_change_from_outside_stands_at_the_tail() -> None:
    """What the user edited is shown at the tail, and the head keeps its bytes."""
    world = World(Budget(8000, 1024))
    world.do("say", "human", "hello")
    before, _ = world.request()
    world.do("user", "human", "Allergic to walnuts.")
    after, core = world.request()
    assert after.messages[0] == before.messages[0]
    assert core.changed == ("[core memory: human, 20 of 2000 characters]\nAllergic to walnuts.",)
    assert "Core memory has changed; this holds now:\n" + core.changed[0] in after.messages[-1].text


def test_a_change_by_the_agent_stands_in_the_queue_alone() -> None:
    """What the agent wrote is read in the result of its call: neither head nor tail repeats it."""
    world = World(Budget(8000, 1024))
    world.request()
    world.do("agent", "human", "Allergic to walnuts.")
    request, core = world.request()
    assert (core.changed, core.notice, core.renewed) == ((), "", False)
    assert sum("Allergic to walnuts." in message.text for message in request.messages) == 1


def test_a_change_too_long_for_the_tail_renews_the_head() -> None:
    """What would take too much at the tail is written into the head, and outdated results are called so."""
    world = World(Budget(8000, 1024))
    world.do("agent", "human", "Walnuts.")
    world.request()
    world.do("user", "human", "Allergic to walnuts. " * 60)
    request, core = world.request()
    assert core.renewed
    assert core.notice == "Block 'human' has changed since you last wrote it; its current value is above."
    assert "Allergic to walnuts. Allergic to walnuts." in request.messages[0].text
    assert f"Note: {core.notice}" in request.messages[-1].text


def test_a_block_more_or_less_renews_the_head() -> None:
    """Where blocks come or go the head is written anew."""
    world = World(Budget(8000, 1024))
    world.request()
    del world.blocks["rules"]
    request, core = world.request()
    assert core.renewed
    assert "[core memory: rules" not in request.messages[0].text
