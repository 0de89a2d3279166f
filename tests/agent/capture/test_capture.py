"""What users say of themselves is kept after the turn, as events of that turn, whatever the model does."""

from collections.abc import Callable

import pytest

from carrel.agent.agent import Agent
from carrel.agent.capture.capture import FORGET_REASON, REASON
from carrel.agent.events import MemoryChanged
from carrel.errors import ModelFailed
from carrel.memory.inspection.why import explain_memory
from carrel.messages import Usage
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.protocols import Reply

Open = Callable[..., Agent]


def human(agent: Agent) -> str:
    """Return what is kept in core memory."""
    return agent.core["human"].value


def test_a_fact_is_kept_as_an_event_of_its_turn(opened: Open) -> None:
    """With its source turn and reason, once, and the model is asked for nothing."""
    model = ScriptedModel(lambda request: say("Hello."))
    ada = opened(model, capture="on")
    chat = ada.session()
    answer = chat.send("I live in Bonn.")
    assert human(ada) == "I live in Bonn."
    (event,) = answer.memory
    assert (event.actor, event.turn, event.reason, event.after) == ("system", answer.turn, REASON, "I live in Bonn.")
    assert [item.event for item in answer.events if isinstance(item, MemoryChanged)] == [event]
    assert chat.send("I live in Bonn!").memory == ()
    assert len(model.requests) == 2


def test_a_correction_replaces_and_a_request_to_forget_removes(opened: Open) -> None:
    """In core memory and in archival; the rest stays."""
    ada = opened(ScriptedModel(lambda request: say("Done.")), capture="on")
    ada.core.append("human", "Ada. Lives in Bonn.\nPhone number 0176.\nLikes tea.")
    ada.archival.insert("The phone number of the user's office is 0228.")
    ada.session().send("I no longer live in Bonn, I live in Porto.")
    assert human(ada) == "Ada.\nPhone number 0176.\nLikes tea.\nI no longer live in Bonn, I live in Porto."
    answer = ada.session().send("Please forget my phone number.")
    assert (human(ada), ada.archival.count()) == ("Ada.\nLikes tea.\nI no longer live in Bonn, I live in Porto.", 0)
    assert {event.reason for event in answer.memory} == {FORGET_REASON}


def test_a_full_or_protected_block_is_left_alone(opened: Open) -> None:
    """Then facts go to archival, with the message as their source."""
    ada = opened(ScriptedModel(lambda request: say("Hello.")), capture="on", limit_human=20)
    answer = ada.session().send("I play the trombone in a band.")
    (passage,) = ada.archival.latest(5)
    assert (human(ada), passage.text, passage.turn) == ("", "I play the trombone in a band.", answer.turn)
    assert passage.tags == ("user",)


@pytest.mark.parametrize(("capture", "kept"), [("auto", ""), ("off", ""), ("on", "I live in Bonn.")])
def test_a_model_with_all_tools_stores_by_itself(opened: Open, capture: str, kept: str) -> None:
    """Unless it is set, nothing is kept beside what the model stores."""
    ada = opened(ScriptedModel([say("Hello.")]), capture=capture)
    ada.session().send("I live in Bonn.")
    assert human(ada) == kept


def test_a_model_reads_languages_without_rules(opened: Open) -> None:
    """By one request, and not for a question; that it fails is no reason for the turn to fail."""
    facts = Reply(say('{"facts": ["Mieszka w Krakowie."]}'), Usage(60, 9, calls=1))
    model = ScriptedModel([say("Cześć!"), facts, say("Mruczek."), say("Cześć!"), ModelFailed("No.", "")])
    ada = opened(model, capture="on")
    chat = ada.session()
    assert chat.send("Mieszkam w Krakowie nad Wisłą.").usage.calls == 2
    assert human(ada) == "Mieszka w Krakowie."
    chat.send("Mruczek śpi gdzie?")
    chat.send("Mruczek śpi wszędzie tutaj.")
    assert (len(model.requests), human(ada)) == (5, "Mieszka w Krakowie.")


def test_it_is_kept_even_where_the_model_says_nothing(opened: Open) -> None:
    """A turn that ends without an answer still told something."""
    ada = opened(ScriptedModel([say(""), say("")]), capture="on")
    with pytest.raises(ModelFailed, match="empty reply"):
        ada.session().send("I live in Bonn.")
    assert human(ada) == "I live in Bonn."


def test_what_the_model_has_stored_is_not_stored_again(opened: Open) -> None:
    """The same words are known already."""
    stored = call("core_memory_append", label="human", content="I live in Bonn.")
    ada = opened(ScriptedModel([stored, say("Noted.")]), capture="on")
    ada.session().send("I live in Bonn.")
    assert human(ada) == "I live in Bonn."


def test_undo_and_why_know_what_was_kept(opened: Open) -> None:
    """A kept fact is taken back with its turn and comes again with it; its origin is the message that said it."""
    ada = opened(ScriptedModel(lambda request: say("Hello.")), capture="on", limit_human=20)
    ada.core.append("human", "Ada.")
    answer = ada.session().send("I play the trombone in a band.")
    (passage,) = ada.archival.latest(5)
    reason = explain_memory(ada.memory, passage.id)
    assert reason.origin is not None
    assert (reason.origin.turn, reason.origin.asked) == (answer.turn, "I play the trombone in a band.")
    assert reason.written is not None
    assert reason.written.reason == REASON
    undone = ada.memory.undo(answer.turn)
    assert [event.before or event.after for event in undone.changes] == ["I play the trombone in a band."]
    assert (ada.archival.count(), human(ada)) == (0, "Ada.")
    ada.memory.redo()
    assert ada.archival.count() == 1
