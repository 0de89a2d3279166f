"""Tell an agent a secret that it keeps and repeats everywhere, and look for it."""

from pathlib import Path

from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, TurnCall
from carrel.messages import AssistantMessage, ToolCall, ToolResult, canonical

SECRET = "My password is hunter2."
USER = Cause("user")


def tell(memory: Memory, text: str = SECRET, session: str | None = None) -> str:
    """Make a turn in which the agent keeps what it is told, in core and archival, and repeats it."""
    session = session or memory.sessions.start()
    turn, message = memory.turns.begin(session, f"I sail. {text}", "m")
    call = ToolCall("c1", "core_memory_append", canonical({"label": "human", "content": text}))
    said = [canonical({"role": "user", "content": f"I sail. {text}"}), canonical({"role": "system", "content": "Be."})]
    memory.steps.add(session, NewStep(turn, 1, said, 9, "m", AssistantMessage("", (call,)), "tool_calls"))
    cause = Cause("agent", turn, 1, 0)

    def run(within: Memory) -> ToolResult:
        within.core.append("human", text[:40], cause)
        within.archival.insert(f"The user says: {text}", ["secret"], cause=cause)
        return ToolResult("c1", "core_memory_append", f"Block 'human' now holds:\n{text}")

    memory.execute(TurnCall(session, turn, 1, 0, call), "memory", run)
    memory.steps.add(session, NewStep(turn, 2, said, 9, "m", AssistantMessage(f"Noted: {text}"), "stop"))
    memory.queue.evict(session, turn, [message], f"They sail. {text} They left.")
    memory.sessions.set_head(session, f"[human]\n{text}", turn)
    memory.turns.end(turn, "complete")
    return session


def found(memory: Memory, text: str) -> int:
    """Return how much a search finds."""
    return memory.search.find(text, ("recall", "archival")).total


def raw(home: Path) -> bytes:
    """Return all bytes of a home, in lower case."""
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()).lower()
