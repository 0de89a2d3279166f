"""Fill an agent's memory: rows in every table that the agent's file contains."""

from datetime import datetime

from carrel.memory.db.schema import tombstones, withheld
from carrel.memory.journal.retrievals import RetrievedHit
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, Hit, NewMessage, Scores, TurnCall
from carrel.messages import AssistantMessage, OpaqueFields, ToolCall, ToolResult, Usage

FACT = "Lives in Rome."


def fill_memory(memory: Memory, turns: int = 3) -> str:
    """Make turns with calls, searches, a flush and an import, and return the last turn."""
    old = NewMessage("user", "Wir trafen uns in Paris 🙂.", datetime.fromisoformat("2025-12-01T12:00:00+01:00"), "Ann")
    memory.recall.load([old, NewMessage("assistant", "我记得。", old.at, None, "letters", "x-1")])
    session = memory.sessions.start("talk")
    done = [_make_turn(memory, session, number) for number in range(turns)]
    passage = memory.archival.insert(FACT, ["home", "城市"], source="https://example.org").passage
    newer = memory.archival.update(passage.id, "Lives in Milan.", Cause("user", reason="moved"))
    memory.archival.delete(memory.archival.insert("A secret.").passage.id)
    memory.archival.insert(f"Refers to {newer.id}.")
    with memory.scope.write() as connection:
        for tier, n in (("archival", newer.n), ("recall", memory.recall.latest(1)[0].n)):
            values = {"agent_id": memory.scope.agent_id, "hash": f"{n:064}", "salt": "00ff", "at": memory.now()}
            connection.execute(tombstones.insert().values(**values))
            connection.execute(withheld.insert().values(tier=tier, row=n, agent_id=memory.scope.agent_id))
    return done[-1]


def _make_turn(memory: Memory, session: str, number: int) -> str:
    turn, user = memory.turns.begin(session, f"Remember fact {number}: I live in Rome.", "offline")
    call = ToolCall("c1", "archival_insert", f'{{"text": "{FACT} {number}"}}')
    request = ['{"role": "system", "content": "shared"}', f'{{"role": "user", "content": "{user.id}"}}']
    opaque = OpaqueFields("server/m", '{"thought": "Rome"}', ('{"signature": "c2ln"}',))
    said = AssistantMessage("I see.", (call,), opaque=opaque)
    memory.steps.add(session, NewStep(turn, 1, request, 9, "m", said, "tool_calls", Usage(12, 3, 4)))
    cause = Cause("agent", turn, 1, 0)

    def run(inner: Memory) -> ToolResult:
        made = inner.archival.insert(f"{FACT} {number}", ["home"], session=session, cause=cause)
        return ToolResult("c1", "archival_insert", f"Stored as\n{made.passage.id}")

    memory.execute(TurnCall(session, turn, 1, 0, call), "memory", run)
    hit = Hit(user.id, "recall", user.text, user.at, 0.75, Scores(words=1.0, meaning=0.5))
    memory.retrievals.record(turn, 1, "page_in", "Rome", [RetrievedHit(hit), RetrievedHit(hit, False, "no room")])
    memory.core.append("human", f"Fact {number}.", cause)
    if number == 1:
        memory.queue.evict(session, turn, memory.queue.load(session)[:3], "They live in Rome.")
    memory.turns.end(turn, "complete" if number else "failed", None if number else "The server is gone.")
    return turn
