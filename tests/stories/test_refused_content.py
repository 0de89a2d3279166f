"""A server that refuses a word, wherever it stands: no session and no subject is lost to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.errors import ContentRefused
from carrel.messages import ToolResult
from carrel.models.chat.scripted import ScriptedAnswer, call, say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import carrel as run

pytestmark = pytest.mark.network

WORD = "gunpowder"
REFUSAL = {"error": {"message": "Triggered the content management policy.", "code": "content_filter"}}


def answer(request: Request) -> ScriptedAnswer:
    """Refuse a request with the word; search when asked to; else say something."""
    texts = [message.text for message in request.messages]
    if any(WORD in text for text in texts):
        return Fault(400, REFUSAL)
    if request.tools and "Search." in texts[-1] and not isinstance(request.messages[-1], ToolResult):
        return call("archival_search", query="grandfather")
    return say("Yes.")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """A server with that filter."""
    with FakeServer(answer) as fake:
        yield fake


def sent(server: FakeServer) -> list[bool]:
    """Return which of the requests held the word."""
    return [WORD in str(request["messages"]) for request in server.requests]


def opened(home: Path, server: FakeServer, **settings: Any) -> Carrel:
    """Open the home with a model behind the server."""
    return Carrel.open(home, embedder="none", flags={"base_url": server.url, "model": "any", **settings})


def test_a_refused_message_poisons_nothing(home: Path, server: FakeServer) -> None:
    """It is named, it stays in recall, and neither the session nor a new one on its subject sends it again."""
    with opened(home, server) as carrel:
        chat = carrel.agent("ada").session()
        chat.send("My grandfather was a miner.")
        with pytest.raises(ContentRefused) as raised:
            chat.send(f"My grandfather's recipe for {WORD} began with saltpetre.")
        assert "It is your message 'My grandfather's recipe for gunpowder" in raised.value.message
        assert sent(server) == [False, True]
        assert chat.send("What is 2 + 2?").text == "Yes."
    with opened(home, server) as carrel:
        chat = carrel.agent("ada").session()
        assert chat.send("What was my grandfather's recipe with saltpetre?").text == "Yes."
        found = carrel.agent("ada").recall.search("saltpetre recipe began").hits
        assert [hit.withheld for hit in found] == [WORD in hit.text for hit in found]
        assert any(hit.withheld for hit in found)
    assert sent(server) == [False, True, False, False]
    assert "withheld from the model" in run("memory", "search", "saltpetre", "-a", "ada").out


@pytest.mark.parametrize(
    "refusal",
    [
        Fault(400, {"error": {"message": "Request blocked: prompt contains PII"}}),
        Fault(422, {"Error": {"Message": "Prompt blocked: SAFETY"}}),
        Fault(403, {"errors": {"messages": ["were rejected because they were considered high risk"]}}),
    ],
)
def test_a_refusal_in_other_words_poisons_nothing(home: Path, refusal: Fault) -> None:
    """Whatever a server says, and in whatever shape, the word is in no later request, page-in or summary."""

    def refuse(request: Request) -> ScriptedAnswer:
        return refusal if any(WORD in message.text for message in request.messages) else say("Yes. " * 60)

    with FakeServer(refuse) as server, opened(home, server, window=2000) as carrel:
        chat = carrel.agent("ada").session()
        with pytest.raises(ContentRefused):
            chat.send(f"My grandfather's recipe for {WORD} began with saltpetre.")
        for number in range(12):
            chat.send(f"What was my grandfather's recipe with saltpetre, number {number}?")
        assert carrel.agent("ada").session().send("And my grandfather's recipe?").text.startswith("Yes.")
        assert sent(server) == [True, *[False] * (len(server.requests) - 1)]
        assert any("Old summary" in str(request) or "summar" in str(request).lower() for request in server.requests)


def test_nothing_is_captured_from_a_refused_message(home: Path, server: FakeServer) -> None:
    """What a user says of themselves in it would stand in core memory, and in every later request."""
    with opened(home, server, capture="on") as carrel:
        chat = carrel.agent("ada").session()
        with pytest.raises(ContentRefused):
            chat.send(f"My name is Guy and I love {WORD}.")
        assert WORD not in carrel.agent("ada").core["human"].value
        assert chat.send("What is 2 + 2?").text == "Yes."


def test_a_refused_memory_is_told_from_an_innocent_message(home: Path, server: FakeServer) -> None:
    """What was paged in is withheld, the question is answered, and it is not paged in again."""
    with opened(home, server) as carrel:
        ada = carrel.agent("ada")
        ada.archival.insert(f"My grandfather kept his recipe for {WORD} in a drawer.")
        ada.archival.insert("My grandfather kept his recipe for plum cake in a book.")
        chat = ada.session()
        assert chat.send("Where did my grandfather keep his recipe?").text == "Yes."
        refused = sum(sent(server))
        assert "plum cake" in str(server.requests[-1]["messages"])
        assert ada.session().send("Where did my grandfather keep the recipe?").text == "Yes."
        assert sum(sent(server)) == refused <= 4


def test_a_refused_result_is_withheld(home: Path, server: FakeServer) -> None:
    """What a call found is replaced by a line that says so, and the model goes on."""
    with opened(home, server, page_in=False) as carrel:
        ada = carrel.agent("ada")
        ada.session().send("Hello.")
        ada.archival.insert(f"grandfather {WORD}")
        assert ada.session().send("Search. Please.").text == "Yes."
        assert ada.session("last").send("And now?").text == "Yes."
    assert sent(server) == [False, False, True, False, False]
    assert "(withheld: the model server refuses this text" in str(server.requests[-1]["messages"])


def test_a_history_that_another_server_accepted_is_searched_for_what_is_refused(home: Path, server: FakeServer) -> None:
    """The second refusal in a row looks at all of the queue; the session goes on."""
    with FakeServer(["Yes."] * 9) as lenient, opened(home, lenient) as carrel:
        chat = carrel.agent("ada").session()
        for text in ("One.", f"Two {WORD}.", "Three."):
            chat.send(text)
    with opened(home, server) as carrel:
        chat = carrel.agent("ada").session("last")
        with pytest.raises(ContentRefused):
            chat.send("Are you there?")
        assert chat.send("What is 2 + 2?").text == "Yes."
        assert not sent(server)[-1]


def test_a_message_may_be_sent_once_more(home: Path, server: FakeServer) -> None:
    """A retry, as with another model, sends the message that was withheld."""
    with opened(home, server) as carrel, pytest.raises(ContentRefused):
        carrel.agent("ada").session().send(f"Is {WORD} dangerous?")
    with FakeServer(["Very."]) as lenient, opened(home, lenient) as carrel:
        chat = carrel.agent("ada").session("last")
        assert [getattr(event, "text", "") for event in chat.resume()][-1] == "Very."
        assert WORD in str(lenient.requests[0]["messages"])
        assert not carrel.agent("ada").recall.search(WORD).hits[0].withheld
