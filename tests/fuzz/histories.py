"""Random histories: all that may stand in a queue after years of failures, and the request that comes of it."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from carrel.agent.context.compiler import MainContext, compile_request
from carrel.agent.context.core_view import CoreView
from carrel.agent.window.budget import Budget
from carrel.agent.window.fixed_part import FixedPart
from carrel.agent.window.truncate import truncate_queue
from carrel.memory.turns.pairing import pair_results
from carrel.memory.values import StoredMessage
from carrel.messages import OpaqueFields, ToolCall, ToolSchema
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.request.payload import build_payload
from carrel.protocols import Request
from carrel.rendering.memories import WITHHELD
from carrel.rendering.prompt import Tail
from carrel.testing.strict_servers import STRICT_SERVERS, StrictServer, violations

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
OWN, OTHER = "http://here/v1 m", "http://there/v1 n"
TEXTS = (
    *(
        "",
        " ",
        "\n\t",
        "Hello.",
        "你好，世界。",
        "<think>Hm.</think>",
        "<|im_end|>",
        "<|channel|>analysis<|message|>Hm.",
        "{}",
        "null",
        "é\u200d\U0001f469",
        WITHHELD,
    ),
    *("The kettle sings in the kitchen. " * 40, "[TOOL_CALLS]", "\u2028", "(no text)", "܀" * 30),
)
IDS = (
    "call_1",
    "call_2",
    "toolu_01A",
    "D681PevKs",
    "",
    "call_" + "x" * 60,
    "functions.post:0",
    "chatcmpl-tool-1",
    "調用一",
)
NAMES = ("post", "recall_search", "functions.post:0", "", "no such tool", "1st", "工具", "f" * 99)
ARGUMENTS = ("{}", '{"text": "Hi"}', "", "{oops", "[1]", "null", '{"a": 1}{"b": 2}', '"text"', '{"x": "\\ud83d"}')
RICH: dict[str, Any] = {
    "type": "object",
    "properties": {"by": {"type": "object", "additionalProperties": {"type": "integer"}}, "all": {"type": "array"}},
}
TOOLS = (
    ToolSchema("post", "Post.", {"type": "object", "properties": {"text": {"type": "string"}}}),
    ToolSchema("ping", "Ping.", {"type": "object", "properties": {}}),
    ToolSchema("count", "Count.", RICH),
)
LACKING: dict[StrictServer, list[Capabilities]] = {
    "template_without_system": [Capabilities(tools=False, system_role=False)],
    "gemini": [Capabilities(), Capabilities(full_schemas=False)],
    "template": [Capabilities(), Capabilities(tools=False)],
}
"""What each server has taught by its refusals; others have nothing to teach."""


class Counter:
    """A token counter that takes no time."""

    exact = False

    def count(self, text: str) -> int:
        """Return a third of the characters."""
        return -(-len(text) // 3)


@dataclass
class History:
    """A queue as it may have become, by a seed."""

    chance: random.Random
    queue: list[StoredMessage] = field(default_factory=list)

    def fill(self) -> list[StoredMessage]:
        """Add turns of every kind and return the queue; late results stand behind what came after them."""
        for turn in range(self.chance.randint(0, 5)):
            if self.chance.random() < 0.15:
                self._imported()
            else:
                self._turn(f"t-{turn}")
        late = [message for message in self.queue if message.role == "tool" and self.chance.random() < 0.1]
        return [message for message in self.queue if message not in late] + late

    def _imported(self) -> None:
        """Add messages that are of no turn, in any order of the roles."""
        for _ in range(self.chance.randint(1, 3)):
            self._add(self.chance.choice(["user", "assistant"]), None)

    def _turn(self, turn: str) -> None:
        """Add a turn that was answered, failed, was interrupted or refused, perhaps without its user's message."""
        chance = self.chance
        if chance.random() < 0.9:
            self._add("user", turn)
        for step in range(1, chance.choice([1, 1, 1, 2, 3])):
            self._round(turn, step)
        end = chance.random()
        if end < 0.6:
            self._add("assistant", turn, opaque=self._opaque(0))
        elif end < 0.75:
            self._add("assistant", turn, state="interrupted")

    def _round(self, turn: str, step: int) -> None:
        """Add a message with calls and their results, some of which were lost."""
        chance = self.chance
        calls = tuple(
            ToolCall(chance.choice(IDS), chance.choice(NAMES), chance.choice(ARGUMENTS))
            for _ in range(chance.choice([1, 1, 1, 2, 3]))
        )
        self._add("assistant", turn, step=step, calls=calls, opaque=self._opaque(len(calls)))
        for call in calls:
            if chance.random() < 0.85:
                self._add("tool", turn, step=step, call_id=call.id, tool=call.name, ok=chance.random() < 0.8)

    def _opaque(self, calls: int) -> OpaqueFields | None:
        if self.chance.random() < 0.6:
            return None
        fields = {"reasoning_content": self.chance.choice(TEXTS)}
        return OpaqueFields(
            self.chance.choice([OWN, OTHER]), json.dumps(fields), ('{"extra_content":{"s":"x"}}',) * calls
        )

    def _add(self, role: str, turn: str | None, **fields: Any) -> None:
        n = len(self.queue)
        text = self.chance.choice(TEXTS)
        self.queue.append(
            StoredMessage(n, f"m-{n:012d}", role, text, NOW, "s-1", 9, turn=turn, **fields)  # type: ignore[arg-type]
        )


def requests(seed: int) -> Iterator[Request]:
    """Yield the requests that the agent would compile from a random queue, with tools and without."""
    chance = random.Random(seed)
    counter = Counter()
    budget = Budget(chance.choice([2000, 4000, 8000]), 512)
    queue = pair_results(History(chance).fill())
    shown = truncate_queue(queue, budget.message, counter)
    for tools in (TOOLS, ()):
        context = MainContext(
            fixed=FixedPart.measure("You are Ada.", tools, counter),
            core=CoreView({}),
            summary=chance.choice(["", "They spoke of tea."]),
            queue=queue,
            shown=shown,
            tail=Tail("abcd", NOW, 3, 0, recalled=("[m-1 | …] a line",) * chance.randint(0, 1)),
        )
        yield compile_request(context, budget, counter).request


def refusals(seed: int) -> list[str]:
    """Return why any strict server would refuse any request that comes of a random history."""
    found = []
    for request in requests(seed):
        for server in STRICT_SERVERS:
            for can in LACKING.get(server, [Capabilities()]):
                origin = "nobody" if server != "openai" else ""
                body = build_payload(request, "m", can, long_limit=False, origin=origin)
                found += [f"seed {seed}, {server}: {fault}" for fault in violations(body, server)]
    return found
