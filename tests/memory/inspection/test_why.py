"""Why an answer says what it says, and why a memory is there."""

import pytest

from carrel.errors import NotFound
from carrel.memory.forgetting.selection import Selection
from carrel.memory.inspection.why import TurnText, explain_answer, explain_memory, search_words
from carrel.memory.journal.retrievals import Retrieval, RetrievedHit
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, Hit, Passage, Scores
from carrel.messages import AssistantMessage


@pytest.fixture
def passage(memory: Memory) -> Passage:
    """A passage that was written in one turn and shown in another."""
    session = memory.sessions.start()
    first, _ = memory.turns.begin(session, "My dog is called Rex.", "m")
    stored = memory.archival.insert("The dog is called Rex.", cause=Cause("agent", first)).passage
    memory.turns.end(first, "complete")
    second, _ = memory.turns.begin(session, "Who barks?", "m")
    hit = Hit(stored.id, "archival", stored.text, stored.at, 0.5, Scores(0.25))
    memory.retrievals.record(second, None, "page_in", "Who barks?", [RetrievedHit(hit)])
    memory.retrievals.record(
        second, 1, "tool", '{"query": "dog", "limit": 3}', [RetrievedHit(hit, False, "over the budget")]
    )
    memory.steps.add(session, NewStep(second, 1, [], 9, "m", AssistantMessage("Rex does."), "stop"))
    memory.turns.end(second, "complete")
    return stored


def test_why_an_answer(memory: Memory, passage: Passage) -> None:
    """Each search with its words, and each hit with its text, its scores and whether the model was shown it."""
    turn = memory.request_log.find_turn("last")
    reason = explain_answer(memory, turn)
    assert (reason.turn.asked, reason.turn.reply) == ("Who barks?", "Rex does.")
    page_in, by_tool = reason.to_json()["searches"]
    assert (page_in["kind"], page_in["query"], by_tool["query"], by_tool["step"]) == ("page_in", "Who barks?", "dog", 1)
    assert page_in["hits"] == [
        {
            "id": passage.id,
            "tier": "archival",
            "text": "The dog is called Rex.",
            "score": 0.5,
            "scores": {"words": 0.25, "meaning": 0.0, "neighbours": 0.0},
            "shown": True,
            "reason": None,
        }
    ]
    assert (by_tool["hits"][0]["shown"], by_tool["hits"][0]["reason"]) == (False, "over the budget")
    memory.forgetting.forget(Selection((passage.id,)))
    assert explain_answer(memory, turn).to_json()["searches"][0]["hits"][0]["text"] is None


def test_why_a_memory(memory: Memory, other: Memory, passage: Passage) -> None:
    """The turn that wrote it with what the user said then, and the turns that were shown it."""
    reason = explain_memory(memory, passage.id)
    assert reason.written is not None
    assert (reason.written.op, reason.written.actor) == ("insert", "agent")
    assert isinstance(reason.origin, TurnText)
    assert reason.origin.asked == "My dog is called Rex."
    assert [(use.asked, use.reply) for use in reason.uses] == [("Who barks?", "Rex does.")]
    assert set(reason.to_json()) == {"id", "tier", "text", "written", "origin", "uses"}
    with pytest.raises(NotFound, match="was forgotten"):
        explain_memory(other, passage.id)


def test_what_cannot_be_explained(memory: Memory, other: Memory, passage: Passage) -> None:
    """A turn of another agent, and a memory in the bin."""
    with pytest.raises(NotFound, match="of agent 'bob' does not exist"):
        explain_answer(other, memory.request_log.find_turn("last"))
    memory.forgetting.forget(Selection((passage.id,)))
    with pytest.raises(NotFound, match="was forgotten"):
        explain_memory(memory, passage.id)


@pytest.mark.parametrize("query", ["tea", "{broken", '"text"', "[1]", '{"page": 2}'])
def test_a_query_that_is_no_call(query: str) -> None:
    """What was recorded in another form is said as it is."""
    assert search_words(Retrieval("tool", 1, query, ())) == query
