"""What the model is sent: always within the window, in order, paired, alternating and stable."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.agent.context.compiler import CompiledRequest, MainContext, check_fit, compile_request, plan_eviction
from carrel.agent.context.core_view import CoreView, render_blocks
from carrel.agent.context.eviction import Flush
from carrel.agent.prompts import prompt
from carrel.agent.window.budget import PER_MESSAGE, Budget
from carrel.agent.window.fixed_part import FixedPart
from carrel.agent.window.truncate import truncate_queue, truncate_text
from carrel.errors import DoesNotFit
from carrel.memory.values import Block, StoredMessage
from carrel.messages import AssistantMessage, ToolCall, ToolResult, UserMessage, call_to_json, canonical, to_json
from carrel.models.tokens.estimator import Estimator
from carrel.rendering.notices import SAVE_NOW
from carrel.rendering.prompt import Tail, render_tail
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.tool import Tool, tool
from carrel.tools.toolbox import Toolbox

COUNTER = Estimator()
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
KINDS = (
    "The quick brown fox jumps over the lazy dog, and nobody knows why. ",
    "今天天气很好，我们一起去公园散步吧。",
    "for (int i = 0; i < n; ++i) { sum += a[i] * b[i]; }\n\t",
    '{"id": "3f2a-99", "n": 1234567, "ok": true}',
    "🎉é\u200d\U0001f469",
)
JSON_OVERHEAD = 14
"""Tokens of a message's braces, keys and role in JSON, which no chat template spends."""

BLOCKS = [Block("persona", prompt("persona"), 2000, "who you are"), Block("human", "Ada. " * 400, 2000)]

sizes = st.one_of(st.integers(1, 300), st.sampled_from([2_000, 20_000]))
texts = st.builds(lambda kind, size: (kind * (size // len(kind) + 1))[:size], st.sampled_from(KINDS), sizes)
arguments = st.one_of(
    st.builds(lambda text: json.dumps({"query": text}, ensure_ascii=False), texts),
    st.builds(lambda text: json.dumps({"a": [text], "b": {"c": text}, text[:50]: text}), texts),
    st.sampled_from(["", "{", "[1]", "not json " * 500]),
)
steps = st.lists(st.tuples(texts, st.lists(st.tuples(arguments, texts), min_size=1, max_size=5)), max_size=3)
turns = st.lists(st.tuples(texts, steps, texts), max_size=4)
windows = st.integers(2_000, 32_000)


def stored(n: int, role: str, text: str, calls: tuple[ToolCall, ...] = (), call_id: str | None = None) -> StoredMessage:
    """Return a message as the store hands it out."""
    cost = COUNTER.count(text) + (COUNTER.count(canonical([call_to_json(call) for call in calls])) if calls else 0)
    tool_name = "recall_search" if call_id else None
    known = {"calls": calls, "call_id": call_id, "tool": tool_name}
    return StoredMessage(n, f"m-{n:012d}", role, text, NOW, "s-1", cost, **known)  # type: ignore[arg-type]


def conversation(
    shape: list[tuple[str, list[tuple[str, list[tuple[str, str]]]], str]], most: int
) -> list[StoredMessage]:
    """Return the messages of turns, each with its steps, each step with at most so many calls and their results."""
    queue: list[StoredMessage] = []
    for user, rounds, reply in shape:
        queue.append(stored(len(queue), "user", user))
        for text, asked in rounds:
            calls = tuple(
                ToolCall(f"call_{len(queue)}_{place}", "recall_search", given)
                for place, (given, _) in enumerate(asked[:most])
            )
            queue.append(stored(len(queue), "assistant", text, calls))
            for call, (_, result) in zip(calls, asked, strict=False):
                queue.append(stored(len(queue), "tool", result, (), call.id))
        queue.append(stored(len(queue), "assistant", reply))
    return queue


@dataclass(frozen=True)
class Case:
    """A main context and the budget that it is compiled for."""

    budget: Budget
    context: MainContext

    def compile(self) -> CompiledRequest:
        """Compile the context as it is."""
        return compile_request(self.context, self.budget, COUNTER)

    def plan(self) -> Flush | None:
        """Plan what must leave the queue, half of it."""
        return plan_eviction(self.context, self.compile(), self.budget, 0.5)

    def with_queue(self, queue: Sequence[StoredMessage]) -> "Case":
        """Return the case with another queue."""
        shown = truncate_queue(queue, self.budget.message, COUNTER)
        return replace(self, context=replace(self.context, queue=queue, shown=shown))

    def change(self, **changes: Any) -> "Case":
        """Return the case with other parts of its context."""
        return replace(self, context=replace(self.context, **changes))


def case_of(window: int, queue: Sequence[StoredMessage], scale: float = 1.0, box: Toolbox | None = None) -> Case:
    """Return a context in which every part is at its largest."""
    budget = Budget(window, 1024, scale=scale)
    box = box or Toolbox(MEMORY_TOOLS)
    tools = box.lean_schemas if budget.small else box.schemas
    fixed = FixedPart.measure(prompt("system_lean" if budget.small else "system"), tools, COUNTER)
    budget = replace(budget, fixed=fixed.tokens)
    lines = ["a recalled line"] * (budget.recalled // (COUNTER.count("a recalled line") + 2))
    context = MainContext(
        fixed=fixed,
        core=CoreView(render_blocks(BLOCKS, budget.core, COUNTER)),
        summary=truncate_text("They spoke of walnuts. " * 2000, budget.summary, COUNTER),
        queue=(),
        shown=(),
        tail=Tail(
            "abcd", NOW, 99_999, 99_999, recalled=tuple(lines), notices=("Your reply was empty. Try again.",) * 2
        ),
    )
    return Case(budget, context).with_queue(queue)


def fitting(case: Case) -> tuple[Case, CompiledRequest]:
    """Flush as the loop does until the context fits, and compile it."""
    while (flush := case.plan()) is not None and flush.evicted:
        assert [*flush.evicted, *flush.kept] == sorted(case.context.queue, key=lambda m: (m not in flush.evicted, m.n))
        case = case.with_queue(flush.kept)
    compiled = case.compile()
    check_fit(compiled, case.budget)
    return case, compiled


def assert_well_formed(compiled: CompiledRequest, tail: str) -> None:
    """Check roles, pairing and the tail of a request."""
    system, *messages = compiled.request.messages
    assert system.role == "system"
    assert messages[0].role == "user"
    waiting: list[str] = []
    previous = "system"
    for message in messages:
        if isinstance(message, ToolResult):
            assert waiting.pop(0) == message.call_id
        else:
            assert not waiting
            assert (message.role, previous) not in {("user", "user"), ("assistant", "assistant"), ("user", "tool")}
        if isinstance(message, AssistantMessage):
            waiting = [call.id for call in message.calls]
        previous = message.role
    assert not waiting
    end = tail.splitlines()[-1]
    assert tail.removesuffix(end) in messages[-1].text
    assert messages[-1].text.endswith(f"\n{end}")
    assert messages[-1].role in {"user", "tool"}


def assert_counts(compiled: CompiledRequest, budget: int) -> None:
    """Check the breakdown against counts of one's own: of the texts, and of the JSON that is sent."""
    messages = compiled.request.messages
    parts = [m.text for m in messages] + [canonical(t.to_json()) for t in compiled.request.tools]
    parts += [canonical(call_to_json(call)) for m in messages if isinstance(m, AssistantMessage) for call in m.calls]
    assert sum(map(COUNTER.count, parts)) + PER_MESSAGE * len(messages) <= compiled.tokens + 8
    assert compiled.tokens == sum(compiled.breakdown.values()) <= budget
    bodies = [canonical(to_json(message)) for message in messages]
    escapes = sum(body.count("\\") for body in bodies)
    sent = sum(map(COUNTER.count, bodies)) + COUNTER.count(canonical([t.to_json() for t in compiled.request.tools]))
    assert sent <= compiled.tokens + JSON_OVERHEAD * len(bodies) + 2 * escapes


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(turns, texts, steps, windows)
def test_any_conversation_fits_any_window(
    past: list[tuple[str, list[tuple[str, list[tuple[str, str]]]], str]],
    asked: str,
    rounds: list[tuple[str, list[tuple[str, str]]]],
    window: int,
) -> None:
    """From 2,000 tokens up whatever was said fits after flushing, in order, paired, alternating, and adds up."""
    queue = conversation([*past, (asked, rounds, "")], case_of(window, []).budget.max_calls)[:-1]
    case, compiled = fitting(case_of(window, queue))
    numbers = [message.n for message in case.context.queue]
    assert numbers == sorted(numbers)
    assert next(m.text for m in reversed(case.context.queue) if m.role == "user") == asked
    assert case.context.queue[-1] == queue[-1]
    assert_well_formed(compiled, render_tail(case.context.tail))
    assert_counts(compiled, case.budget.prompt)


@settings(deadline=None, max_examples=10)
@given(turns, texts, windows)
def test_only_the_tail_changes_with_the_clock(
    past: list[tuple[str, list[tuple[str, list[tuple[str, str]]]], str]], asked: str, window: int
) -> None:
    """The bytes before the tail are equal in two contexts that differ in clock, counts, recalled lines and notices."""
    case, _ = fitting(case_of(window, conversation([*past, (asked, [], "")], 2)[:-1]))
    other = Tail("wxyz", NOW.replace(year=2027), 1, 2)
    whole = [case.change(tail=tail).compile().parts() for tail in (case.context.tail, other)]
    before = [canonical(parts).partition("<context ")[0] for parts in whole]
    assert before[0] == before[1]
    assert len(before[0]) > 1000


def test_a_step_only_adds_to_the_step_before() -> None:
    """The next step's request begins with the bytes of the one before, up to its tail."""
    call = ToolCall("c1", "recall_search", '{"query": "walnuts"}')
    queue = [
        stored(1, "user", "Do I like nuts?"),
        stored(2, "assistant", "", (call,)),
        stored(3, "tool", "Yes.", (), "c1"),
    ]
    case = case_of(8000, queue[:1])
    first = canonical([to_json(m) for m in case.compile().request.messages]).partition("\\n\\n<context ")[0]
    later = case.with_queue(queue).compile().request.messages
    assert canonical([to_json(message) for message in later]).startswith(first)


def huge() -> Tool:
    """Return a tool that takes a page to describe."""

    @tool
    def verbose() -> None:
        """Do."""

    return replace(verbose, schema=replace(verbose.schema, description="word " * 9000))


def test_a_head_that_is_too_large_is_listed_part_by_part() -> None:
    """Where there is no room for a message and a round of calls, the error lists what takes how much."""
    case = case_of(8000, [stored(1, "user", "Hi")], box=Toolbox([huge()]))
    with pytest.raises(DoesNotFit) as caught:
        case.plan()
    rows = [line.split() for line in str(caught.value).splitlines()]
    parts = "instructions tools core summary queue recalled tail reply together".split()
    assert [row[0] for row in rows[1:-1]] == parts
    figures = [int(row[1]) for row in rows[1:-1]]
    assert sum(figures[:-1]) == figures[-1]
    assert figures[1] > 9000
    assert rows[0][:2] == ["Window", "8000"]
    assert " ".join(rows[-1]) == (
        "That leaves 0 tokens for a message; 80 are needed. Raise the setting 'window', or offer fewer tools."
    )
    with pytest.raises(DoesNotFit, match=r"tools +90"):
        check_fit(case.compile(), case.budget)


def test_a_window_of_1000_is_too_small() -> None:
    """A window that cannot hold the tools is refused before anything is sent."""
    with pytest.raises(DoesNotFit, match="Window 1000 is too small"):
        case_of(1000, [stored(1, "user", "Hi")]).plan()


def test_small_windows_have_room_for_real_work() -> None:
    """At 2,000 tokens a reply may make three calls, and a message may take 90 tokens."""
    budget = case_of(2000, []).budget
    assert budget.max_calls >= 3
    assert budget.message >= 90


def test_core_memory_keeps_to_its_share() -> None:
    """Blocks that are too long show their beginnings and their true sizes; short ones are whole."""
    blocks = [Block("persona", "I am Carrel.", 2000), Block("human", "Ada likes walnuts. " * 100, 2000)]
    case = case_of(2000, [stored(1, "user", "Hi")])
    compiled = case.change(core=CoreView(render_blocks(blocks, case.budget.core, COUNTER))).compile()
    head = compiled.request.messages[0].text
    assert compiled.breakdown["core"] <= case.budget.core
    assert "[core memory: persona, 12 of 2000 characters]\nI am Carrel.\n[core memory: human, 1900 of 2000" in head
    assert " […cut]" in head


def test_messages_of_failed_turns_are_joined() -> None:
    """Users' messages that follow each other become one, so that roles alternate."""
    case = case_of(8000, [stored(1, "user", "Are you there?"), stored(2, "user", "Hello?")])
    (_, message) = case.compile().request.messages
    assert message == UserMessage(f"Are you there?\n\nHello?\n\n{render_tail(case.context.tail)}")


def test_an_empty_queue_sends_the_tail_alone() -> None:
    """Where there is no message to carry it, the tail is the user's message."""
    case = case_of(8000, [])
    assert case.compile().request.messages[1:] == (UserMessage(render_tail(case.context.tail)),)


def warned(case: Case) -> bool:
    """Return whether the agent is told that a flush is near."""
    return SAVE_NOW in case.compile().request.messages[-1].text


def quiet_case(queue: Sequence[StoredMessage]) -> Case:
    """Return a context without summary, recalled memories and notices."""
    return case_of(8000, queue).change(summary="", tail=Tail("abcd", NOW, 1, 1))


def test_pressure_is_told_once() -> None:
    """As a queue grows the agent is told once, in the first request at 70 % or more, and not again."""
    case = quiet_case([])
    seen: list[tuple[bool, bool]] = []
    for n in range(0, 60, 2):
        case = case.with_queue([*case.context.queue, stored(n, "user", f"{n} " + "walnut " * 90)])
        compiled = case.compile()
        if compiled.tokens > case.budget.flush * 0.95:
            break
        lasting = sum(tokens for part, tokens in compiled.breakdown.items() if part not in {"recalled", "tail"})
        seen.append((warned(case), lasting >= case.budget.warn))
        case = case.with_queue([*case.context.queue, stored(n + 1, "assistant", "Yes.")])
    first = [full for _, full in seen].index(True)
    assert [place for place, (said, _) in enumerate(seen) if said] == [first]
    assert len(seen) > first + 2


def test_pressure_is_told_where_the_head_has_grown() -> None:
    """A head that was written anew may take the context over the threshold by itself: the agent is told then."""
    case = quiet_case([stored(n, ("user", "assistant")[n % 2], "walnut " * 90) for n in range(34)])
    assert case.compile().tokens > case.budget.warn
    assert not warned(case)
    assert warned(case.change(core=replace(case.context.core, renewed=True)))


def test_thresholds_are_settings() -> None:
    """A lower share warns and flushes earlier."""
    queue = [stored(n, ("user", "assistant")[n % 2], "walnut " * 90) for n in range(19)]
    case = case_of(8000, queue).change(summary="")
    assert case.plan() is None
    flush = replace(case, budget=replace(case.budget, flush_share=0.65, warn_share=0.3)).plan()
    assert flush
    assert 0.4 < len(flush.evicted) / len(queue) < 0.8


@settings(deadline=None, max_examples=10)
@given(turns, texts, windows, st.sampled_from([1.0, 1.3, 2.0]))
def test_a_scale_shrinks_every_share(
    past: list[tuple[str, list[tuple[str, list[tuple[str, str]]]], str]], asked: str, window: int, scale: float
) -> None:
    """Where the model counts more tokens than we do, what is sent fits in the model's tokens too."""
    queue = conversation([*past, (asked, [], "")], 2)[:-1]
    case, compiled = fitting(case_of(max(window, 6000), queue, scale).change(summary=""))
    assert compiled.tokens * scale + case.budget.reserve <= case.budget.window


def test_compiling_depends_on_nothing_else() -> None:
    """The same context and budget compile to the same request, whatever was compiled in between."""
    one, other = case_of(8000, [stored(1, "user", "Hi")]), case_of(2000, [stored(2, "user", "核桃")])
    first = one.compile()
    other.compile()
    assert one.compile() == first
