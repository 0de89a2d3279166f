"""A turn that is going on, as the tests of its parts share it."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from carrel.memory.db.schema import turns
from carrel.memory.store import Memory
from carrel.memory.turns.calls import Effect
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import StoredMessage, TurnCall
from carrel.messages import AssistantMessage, ToolCall, ToolResult

CALL = ToolCall("c1", "note", '{"text": "Rome"}')


@dataclass
class Talk:
    """A turn that is going on."""

    memory: Memory
    session: str
    turn: str

    def ask(self, *calls: ToolCall, step: int = 1) -> StoredMessage:
        """Store a step in which the model asks for calls."""
        said = AssistantMessage("Let me see.", calls)
        stored = self.memory.steps.add(self.session, NewStep(self.turn, step, [], 1, "m", said, "tool_calls"))
        assert stored is not None
        return stored

    def execute(
        self,
        run: Callable[[Memory], ToolResult],
        effect: Effect,
        position: int = 0,
        call: ToolCall = CALL,
        record: Callable[[Memory], None] = lambda memory: None,
    ) -> StoredMessage:
        """Execute a call of the first step."""
        return self.memory.execute(TurnCall(self.session, self.turn, 1, position, call), effect, run, record)

    def results(self) -> list[tuple[str | None, str, bool]]:
        """Return the results that stand in recall."""
        found = self.memory.recall.of_turn(self.turn)
        return [(one.call_id, one.text, one.ok) for one in found if one.role == "tool"]

    def row(self) -> tuple[object, ...]:
        """Return how the turn ended."""
        with self.memory.scope.read() as connection:
            columns = sa.select(turns.c.state, turns.c.error, turns.c.ended_at).where(turns.c.id == self.turn)
            return tuple(connection.execute(columns).one())
