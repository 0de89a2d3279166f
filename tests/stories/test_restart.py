"""Told in one run of the program, asked in another; each agent knows only its own."""

from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.formats import locomo
from carrel.language.phrases.tables import phrases_of
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.rendering.prompt import split_tail

pytestmark = pytest.mark.slow

LOCOMO = Path(__file__).parents[3] / "shared" / "data" / "locomo-dev" / "conv-26.json"


def test_what_was_told_is_known_after_a_restart(home: Path, clock: FrozenClock) -> None:
    """A fact told in one opening of the home is quoted with its day in the next, in a new session."""
    with Carrel.open(home, "offline", "none", clock) as carrel:
        carrel.agent("ada").session().send("My boat is called Skuld.")
    clock.advance(days=40)
    with Carrel.open(home, "offline", "none", clock) as carrel:
        answer = carrel.agent("ada").session().send("What is my boat called?")
        assert answer.text == 'Skuld. — you, 5 January: "My boat is called Skuld."'
        assert "My boat is called Skuld." in [hit.text for hit in answer.retrieved]


def test_a_session_goes_on_where_it_stopped(home: Path) -> None:
    """A resumed session sends the model what was said in it before, and a new one does not."""
    model = ScriptedModel(lambda request: say("Noted."))
    with Carrel.open(home, model, "none") as carrel, carrel.agent("ada").session() as chat:
        chat.send("One")
        first = chat.id
    with Carrel.open(home, model, "none", flags={"page_in": False}) as carrel:
        ada = carrel.agent("ada")
        chat = ada.session("last")
        assert chat.id == first
        chat.send("Two")
        ada.session().send("Three")
        assert [info.messages for info in ada.sessions.all()] == [4, 2]
    shown = [[split_tail(message.text)[0] for message in request.messages[1:]] for request in model.requests]
    assert shown == [["One"], ["One", "Noted.", "Two"], ["Three"]]


def test_agents_never_see_each_others_memory(home: Path) -> None:
    """What one agent was told is neither in another's blocks, searches and answers nor in what its model is sent."""
    with Carrel.open(home, "offline", "none") as carrel:
        ada, bob = carrel.agent("ada"), carrel.agent("bob")
        ada.session().send("My code word is zanzibar.")
        ada.archival.insert("Zanzibar is the code word.")
        assert bob.session().send("What is my code word? zanzibar?").text == phrases_of("en").unknown
        assert [hit.text for hit in bob.recall.search("zanzibar").hits] == ["What is my code word? zanzibar?"]
        assert bob.archival.search("zanzibar").total == 0
        assert bob.core["human"].value == ""
        (session,) = ada.sessions.all()
        assert session.id not in {info.id for info in bob.sessions.all()}
    model = ScriptedModel([say("No idea.")])
    with Carrel.open(home, model, "none") as carrel:
        carrel.agent("bob").session().send("Tell me the code word.")
    assert "code word is" not in "\n".join(message.text for message in model.requests[0].messages)


@pytest.mark.skipif(not LOCOMO.exists(), reason="the LoCoMo data is not beside this checkout")
def test_an_imported_conversation_is_quoted(home: Path) -> None:
    """Asked about a conversation of 19 sessions, the answer is the day, with the line that says so."""
    with Carrel.open(home, "offline", "none") as carrel:
        agent = carrel.agent("conv26")
        agent.recall.load(locomo.read(LOCOMO))
        text = agent.session().send("When did Caroline go to the LGBTQ support group?").text
    assert text.startswith("7 May 2023. — Caroline, 8 May 2023: ")
    assert '"I went to a LGBTQ support group yesterday and it was so powerful.' in text
