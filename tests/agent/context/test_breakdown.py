"""A context that was sent can be taken apart again, and its parts add up to what was counted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.agent.context.breakdown import count_parts, count_unchanged_bytes, split_context
from carrel.bootstrap import Carrel
from carrel.memory.journal.request_log import SentRequest
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.models.tokens.estimator import Estimator

COUNTER = Estimator()


@pytest.fixture
def ada(home: Path) -> Iterator[Agent]:
    """An agent that stores what it hears and answers, in a window small enough to be flushed."""

    def answer(request: object) -> object:
        text = request.messages[-1].text  # type: ignore[attr-defined]
        if "stored" not in text.lower() and "now holds" not in text and request.tools:  # type: ignore[attr-defined]
            return call("core_memory_append", label="human", content=text[:20])
        return say("Noted: walnuts. 核桃。 " * 9)

    with Carrel.open(home, ScriptedModel(answer), "none", flags={"window": 4000}) as carrel:  # type: ignore[arg-type]
        yield carrel.agent("ada")


def test_parts_add_up_to_what_was_counted(ada: Agent) -> None:
    """Over turns with recalled memories, calls and flushes each part's tokens add up to the compiler's own figure."""
    ada.archival.insert("Summary of what was said before:\n\n[core memory: human, 3 of 9 characters]\nodd")
    chat = ada.session()
    for n in range(14):
        turn = chat.send(f"Walnut number {n}, summary core memory odd 核桃. " * 8).turn
        sent = ada.memory.request_log.find(turn)
        breakdown = count_parts(sent, COUNTER)
        assert abs(sum(breakdown.values()) - sent.counted) <= 12
    assert breakdown["summary"] > 0
    assert breakdown["recalled"] > 0
    assert list(breakdown) == "instructions tools core summary queue recalled tail".split()


def test_parts_are_what_was_sent(ada: Agent) -> None:
    """The texts of a context taken apart stand in what was sent, each where it belongs."""
    sent = ada.memory.request_log.find(ada.session().send("I like walnuts.").turn)
    parts = split_context(sent)
    assert parts.instructions.startswith("You are a companion")
    assert parts.core.startswith("[core memory: persona")
    assert parts.core.endswith("(empty)")
    assert parts.summary == ""
    assert [message["role"] for message in parts.queue] == ["user", "assistant", "tool"]
    assert parts.queue[0]["content"] == "I like walnuts."
    assert "now holds" in parts.queue[2]["content"]
    assert "<context" not in parts.queue[2]["content"]
    assert parts.tail.startswith("<context ")
    assert len(parts.tools) == 9


def test_a_context_without_a_tail_is_taken_apart() -> None:
    """What carries no tail is all queue."""
    bodies = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi <context x>"}]
    sent = SentRequest("t", 1, "s", None, "m", tuple(map(json.dumps, bodies)), 9, None, None)  # type: ignore[arg-type]
    parts = split_context(sent)
    assert (parts.instructions, parts.core, parts.summary, parts.tail) == ("Be brief.", "", "", "")
    assert parts.queue == (bodies[1],)


@pytest.mark.parametrize(
    ("before", "after", "same", "whole"),
    [
        ([], ["abc"], 0, 3),
        (["abc"], ["abc"], 3, 3),
        (["abc", "d"], ["abc", "e"], 4, 5),
        (["核桃"], ["核仁"], 3, 6),
        (["x", '{"type":"function"}'], ["y", '{"type":"function"}'], 20, 21),
    ],
)
def test_unchanged_bytes_are_counted(before: list[str], after: list[str], same: int, whole: int) -> None:
    """The bytes that stand the same at the beginning are counted, tools first."""
    assert count_unchanged_bytes(before, after) == (same, whole)
