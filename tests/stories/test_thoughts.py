"""What a model thinks is told as thoughts, however its server sends it, and is no part of what it said."""

from pathlib import Path

import pytest

from carrel.agent.events import Answer, TextDelta, TextDiscarded, Thought
from carrel.bootstrap import Carrel
from carrel.models.chat.scripted import Item, say
from carrel.protocols import Reply
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer

WAYS: dict[str, tuple[Item, str]] = {
    "reasoning_content": (fault("reasoning-content"), "chat"),
    "reasoning": (fault("reasoning"), "chat"),
    "think": (fault("think"), "chat"),
    "responses": (Reply(say("Aloud."), thought="Secret."), "responses"),
}


@pytest.mark.network
@pytest.mark.parametrize("way", WAYS)
def test_thoughts_are_told_and_not_stored(home: Path, way: str) -> None:
    """Events carry the thought apart from the text; the answer, memory and the next request hold the text alone."""
    first, api = WAYS[way]
    with FakeServer([first, "Again."]) as server:
        flags = {"base_url": server.url, "model": "any", "api": api, "contract": "native"}
        with Carrel.open(home, embedder="none", flags=flags) as carrel:
            chat = carrel.agent("ada").session()
            events = list(chat.stream("Hello."))
            chat.send("And now?")
            stored = [message.text for message in carrel.agent("ada").recall.latest(99)]
        second = str(server.requests[1])
    assert "".join(event.text for event in events if isinstance(event, Thought)).strip() == "Secret."
    assert not any(isinstance(event, TextDiscarded) for event in events)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Aloud."
    assert isinstance(events[-1], Answer)
    assert events[-1].text == "Aloud."
    assert "Aloud." in stored
    assert not any("Secret" in text for text in stored)
    assert "Secret" not in second
