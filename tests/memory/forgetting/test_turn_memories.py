"""What a turn left on the screen: its own messages and writings, and what its answer used."""

from carrel.memory.forgetting.selection import Selection, select
from carrel.memory.journal.retrievals import RetrievedHit
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, Hit, Scores
from carrel.messages import AssistantMessage
from tests.memory.conftest import Say


def test_what_a_turn_left_on_the_screen(memory: Memory, say: Say) -> None:
    """Its messages, what it wrote, and of what the model was shown or has in view what the answer took a word from."""
    memory.recall.load([say("My dog Rex bites.", day=7), say("My cat bites too.", day=8), say("Rex is old.", day=9)])
    memory.core.append("human", "Their dog is Rex, a beagle.", Cause("user"))
    shown = [message for message in memory.recall.latest(3) if "old" not in message.text]
    session = memory.sessions.start("talk")
    memory.turns.begin(session, "I have a red bike.", "m")
    turn, _ = memory.turns.begin(session, "Does my dog bite?", "m")
    hits = [Hit(m.id, "recall", m.text, m.at, 0.5, Scores()) for m in shown]
    memory.retrievals.record(turn, None, "page_in", "dog", [RetrievedHit(hit) for hit in hits])
    memory.archival.insert("They fear bites.", cause=Cause("agent", turn))
    reply = AssistantMessage("Rex does, so beware.")
    memory.steps.add(session, NewStep(turn, 1, [], 9, "m", reply, "stop"))
    with memory.scope.read() as connection:
        found = select(connection, memory.scope, Selection(turn=turn))
    assert [item.text for item in found.items] == [
        "Their dog is Rex, a beagle.",
        "My dog Rex bites.",
        "Does my dog bite?",
        "Rex does, so beware.",
        "They fear bites.",
    ]
    assert not found.is_all
