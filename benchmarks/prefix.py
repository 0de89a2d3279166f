"""How much of each prompt a server can take from its cache: the share of bytes that stand unchanged at the beginning.

    python -m benchmarks.prefix

Made-up talk of 200 turns; every fifth turn the agent edits its core memory. Page-in is on, queues are flushed as they
fill. Beside it the same requests with the clock and the counts in the head, as many agents have them.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.common import show
from benchmarks.texts import sentence
from carrel import Carrel
from carrel.agent.context.breakdown import count_unchanged_bytes
from carrel.clock import FrozenClock
from carrel.messages import AssistantMessage, SystemMessage, ToolResult, canonical, to_json
from carrel.models.chat.scripted import ScriptedAnswer, ScriptedModel, call, say
from carrel.protocols import Request

WINDOWS = (4_000, 8_000, 32_000)
EVERY = 5
"""The turns between two edits of core memory."""

_VOLATILE = re.compile(r"Now: .*\nMemory: .*\n")


class Talker:
    """Answers in a few sentences; every fifth turn it first adds a line to core memory, or replaces the oldest."""

    def __init__(self) -> None:
        self._source = random.Random(11)
        self._lines: list[str] = []
        self.turn = 0

    def __call__(self, request: Request) -> ScriptedAnswer:
        """ScriptedAnswer one request."""
        if self.turn % EVERY == 0 and not isinstance(request.messages[-1], ToolResult):
            return self._edit(f"Turn {self.turn}: {sentence(self._source)[:60]}")
        return say(" ".join(sentence(self._source) for _ in range(self._source.randint(1, 5))))

    def _edit(self, line: str) -> AssistantMessage:
        self._lines.append(line)
        if len(self._lines) <= 20:
            return call("core_memory_append", label="human", content=line)
        return call("core_memory_replace", label="human", old=self._lines.pop(0), new=line)


def requests(window: int, turns: int) -> list[Request]:
    """Talk for so many turns and return every request of them."""
    talker, source, clock = Talker(), random.Random(5), FrozenClock("2026-01-05T09:00:00+00:00")
    asked: list[Request] = []

    def answer(request: Request) -> ScriptedAnswer:
        if request.tools:
            asked.append(request)
            return talker(request)
        return say("A summary: " + sentence(source))

    model = ScriptedModel(answer)
    with (
        tempfile.TemporaryDirectory() as home,
        Carrel.open(home, model, clock=clock, flags={"window": window}) as carrel,
    ):
        chat = carrel.agent("ada").session()
        for turn in range(1, turns + 1):
            talker.turn = turn
            chat.send(" ".join(sentence(source) for _ in range(source.randint(1, 4))))
            clock.advance(minutes=source.randint(1, 9))
    return asked


def parts(request: Request, volatile: bool) -> list[str]:
    """Return a request part by part, with the clock and the counts in the head if so wanted."""
    head, *messages = request.messages
    if volatile:
        found = _VOLATILE.findall(messages[-1].text)[-1]
        head = SystemMessage(f"{found}{head.text}")
    bodies = [canonical(to_json(message)) for message in (head, *messages)]
    if volatile:
        bodies[-1] = bodies[-1].replace(canonical(found)[1:-1], "")
    return [*bodies, *(canonical(tool.to_json()) for tool in request.tools)]


def share(asked: Sequence[Request], volatile: bool = False) -> float:
    """Return the share of all bytes that stand unchanged at the beginning, in percent."""
    same = [count_unchanged_bytes(old, new) for old, new in pairwise(_all_parts(asked, volatile))]
    return round(100 * sum(kept for kept, _ in same) / sum(whole for _, whole in same), 2)


def _all_parts(asked: Sequence[Request], volatile: bool) -> Iterator[list[str]]:
    return (parts(request, volatile) for request in asked)


def measure(turns: int) -> dict[str, Any]:
    """Measure each window; the figures of the largest stand for all."""
    by_window = {}
    for window in WINDOWS:
        asked = requests(window, turns)
        figures = {"share": share(asked), "share_with_volatile_head": share(asked, volatile=True)}
        by_window[str(window)] = {**figures, "requests": len(asked)}
    last = by_window[str(WINDOWS[-1])]
    main = {name: last[name] for name in ("share", "share_with_volatile_head")}
    return {"turns": turns, **main, "by_window": by_window}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show("prefix", measure(options.turns), options.json)


if __name__ == "__main__":
    main()
