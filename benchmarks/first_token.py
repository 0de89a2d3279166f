"""How soon the first visible token of an answer comes, beside a bare request to the same server with the same prompt.

    python -m benchmarks.first_token --url http://localhost:8080/v1 --model NAME [--turns 9] [--contract action]

Turn by turn: Carrel answers a message; then the request of the turn before is sent again, so that the server's prompt
cache holds what it held; then the messages of this turn are sent bare, by HTTP, without a schema. A turn counts if
Carrel needed one request for it. Times are in seconds.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2

from benchmarks.common import show
from carrel import Carrel
from carrel.agent.events import TextDelta
from carrel.models.chat.in_process import InProcessModel
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.chat.server.request.payload import build_payload
from carrel.protocols import Request, StreamItem

TURNS = 9
TIMEOUT = 600.0
MESSAGES = (
    "Hello! My name is Ada and I live in Bonn.",
    "I am allergic to peanuts.",
    "What should I cook tonight? One sentence.",
    "My brother Paul visits on Friday.",
    "Where do I live?",
    "Tell me one fact about bees.",
    "I prefer tea to coffee.",
    "When does my brother visit?",
    "What am I allergic to?",
    "Name one river in Germany.",
)


class _Watched(InProcessModel):
    """A model behind a server, with the bodies of its requests."""

    def __init__(self, model: OpenAIChat) -> None:
        self.name = model.name
        self.bodies: list[dict[str, Any]] = []
        self._model = model

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield what the model yields."""
        self.bodies.append(build_payload(request, self._model.name, self._model.capabilities, self._model.long_limit))
        return self._model.stream(request)


def measure(url: str, name: str, turns: int, contract: str = "action") -> dict[str, Any]:
    """Return the seconds to the first visible token, of Carrel and bare, and what their ratio is."""
    model = _Watched(OpenAIChat(name, url, timeout=TIMEOUT))
    flags = {"contract": contract, "window": 4000, "reply_tokens": 48}
    pairs: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as home, Carrel.open(home, model, flags=flags) as carrel:
        chat = carrel.agent().session()
        for number in range(turns + 1):
            before = len(model.bodies)
            start, shown = time.perf_counter(), 0.0
            for event in chat.stream(MESSAGES[number % len(MESSAGES)]):
                if isinstance(event, TextDelta) and not shown:
                    shown = time.perf_counter() - start
            if before and shown and len(model.bodies) == before + 1:  # the first turn has nothing before it
                _post(url, {**model.bodies[before - 1], "stream": False, "max_tokens": 1})
                pairs.append((shown, _bare_seconds(url, model.bodies[before])))
    return summary(pairs)


def summary(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Return the figures of pairs of seconds, Carrel's and bare."""
    if not pairs:
        return {"turns": 0}
    carrels, bare = zip(*pairs, strict=True)
    return {
        "turns": len(pairs),
        "carrel_s": round(statistics.median(carrels), 3),
        "bare_s": round(statistics.median(bare), 3),
        "ratio": round(statistics.median(one / other for one, other in pairs), 3),
        "ratio_of_medians": round(statistics.median(carrels) / statistics.median(bare), 3),
    }


def _bare_seconds(url: str, body: Mapping[str, Any]) -> float:
    """Return the seconds until the first text of a reply to a bare request."""
    plain = {field: value for field, value in body.items() if field not in {"response_format", "tools"}}
    start = time.perf_counter()
    with (
        httpx2.Client(trust_env=False, timeout=TIMEOUT) as client,
        client.stream("POST", f"{url}/chat/completions", json={**plain, "stream": True, "max_tokens": 8}) as answer,
    ):
        for line in answer.iter_lines():
            if line.startswith("data: {") and _text(json.loads(line.removeprefix("data: "))):
                return time.perf_counter() - start
    return time.perf_counter() - start


def _text(chunk: Mapping[str, Any]) -> str:
    return "".join(choice.get("delta", {}).get("content") or "" for choice in chunk.get("choices", ()))


def _post(url: str, body: Mapping[str, Any]) -> None:
    fields = {field: value for field, value in body.items() if field != "stream_options"}
    with httpx2.Client(trust_env=False, timeout=TIMEOUT) as client:
        client.post(f"{url}/chat/completions", json=fields)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--contract", default="action", choices=["native", "action", "text", "none"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.url, options.model, options.turns, options.contract)
    show("first token", {"model": options.model, "contract": options.contract, **found}, options.json)


if __name__ == "__main__":
    main()
