"""A server that reports only what it had not cached is not taken for one that truncates prompts."""

from pathlib import Path

import pytest

from carrel.agent.events import PromptTruncated
from carrel.bootstrap import Carrel
from carrel.messages import Usage, canonical, to_json
from carrel.models.chat.scripted import say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer

pytestmark = pytest.mark.network

COUNTER = Estimator()


class Caching:
    """A server that has the beginning of each prompt cached, and counts the rest alone."""

    def __init__(self) -> None:
        self.last: list[str] = []

    def __call__(self, request: Request) -> Reply:
        """Report the tokens of what the last request did not begin with."""
        parts = [canonical(to_json(message)) for message in request.messages]
        parts += [canonical(tool.to_json()) for tool in request.tools]
        known = next((n for n, (a, b) in enumerate(zip(self.last, parts, strict=False)) if a != b), len(self.last))
        self.last = parts
        return Reply(say("I see."), Usage(sum(map(COUNTER.count, parts[known:])) or 1, 5, 0, 1))


def test_figures_that_follow_what_is_new_raise_no_alarm(home: Path) -> None:
    """In a long talk, in a second session and in a program that starts anew, nothing is said of a cut prompt."""
    told = 0
    with FakeServer(Caching()) as server:
        for _ in range(2):
            flags = {"base_url": server.url, "model": "any"}
            with Carrel.open(home, embedder="none", flags=flags) as carrel:
                for session in ("one", "another"):
                    chat = carrel.agent("ada").session()
                    for turn in range(4):
                        events = chat.stream(
                            f"Message {turn} of {session}. " + "The rain in Bergen goes on. " * 12 * turn
                        )
                        told += sum(isinstance(event, PromptTruncated) for event in events)
    assert told == 0
