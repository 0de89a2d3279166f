"""The MemGPT paper's contract, as a sibling of the loop: thoughts are private, send_message speaks, heartbeats go on.

A turn goes on after a failed call or one that asked for a heartbeat and ends otherwise (arXiv 2310.08560, section 2.4).
Events (heartbeat, login, memory pressure) stand at the tail as JSON: they are not messages, and recall stays clean.
"""

from collections.abc import Generator, Iterator

from carrel.agent.contract import MEMGPT
from carrel.agent.events import Event, TextDelta, Thought, ToolCalled, ToolReturned
from carrel.agent.loop import Loop
from carrel.agent.turn import Parts, Turn
from carrel.messages import canonical
from carrel.protocols import Reply
from carrel.tools.memgpt import SEND, message_of, wants_heartbeat

FAILED = "Function call failed, returning control"
REQUESTED = "Function called using request_heartbeat=true, returning control"
UNSAID = "You have said nothing to the user yet: call send_message."


def loop_for(parts: Parts) -> Loop:
    """Return the loop of a contract."""
    return MemgptLoop(parts) if parts.contract is MEMGPT else Loop(parts)


class MemgptLoop(Loop):
    """Runs turns under the paper's contract."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._sent: list[str] = []
        self._heartbeat = ""

    def _events(self, turn: Turn) -> Iterator[Event]:
        self._sent = []
        if event := self._login(turn):
            turn.notices = (event,)
        yield from super()._events(turn)

    def _step(self, turn: Turn, closing: bool = False) -> Generator[Event, None, Reply]:
        """Take a step; what the model writes is a thought, what it sends is said to the user."""
        self._heartbeat = ""
        if not closing:
            return (yield from self._heard(super()._step(turn)))
        reply = yield from super()._step(turn, closing)
        self._sent += [reply.message.text] if reply.message.text else []
        return reply

    def _heard(self, events: Generator[Event, None, Reply]) -> Generator[Event, None, Reply]:
        """Pass events on: text as a thought, once it is whole, and what is sent as text."""
        thoughts = arguments = ""
        while True:
            try:
                event = next(events)
            except StopIteration as done:
                if thoughts:
                    yield Thought(thoughts)
                reply: Reply = done.value
                return reply
            if isinstance(event, TextDelta):
                thoughts += event.text
                continue
            if isinstance(event, ToolCalled):
                arguments = event.arguments
                if thoughts:
                    yield Thought(thoughts)
                thoughts = ""
            if isinstance(event, ToolReturned):
                yield from self._settled(event, arguments)
            yield event

    def _settled(self, result: ToolReturned, arguments: str) -> Iterator[Event]:
        """Take note of what a call means for the turn."""
        if not result.ok:
            self._heartbeat = FAILED
        elif result.name == SEND:
            self._sent.append(message_of(arguments))
            yield TextDelta(("\n\n" if len(self._sent) > 1 else "") + self._sent[-1])
        elif wants_heartbeat(arguments) and not self._heartbeat:
            self._heartbeat = REQUESTED

    def _ends(self, turn: Turn, reply: Reply) -> bool:
        """Return whether a reply ends the turn; one in which nothing was said is asked about once."""
        if self._heartbeat:
            turn.notices = (*turn.notices, _event("heartbeat", reason=self._heartbeat))
            return False
        if self._sent or turn.nudged:
            return True
        turn.nudged = True
        turn.notices = (*turn.notices, _event("system_alert", message=UNSAID))
        return False

    def _answers(self, reply: Reply) -> bool:
        """Return False: whether a turn ends shows once the calls of its last step were executed."""
        return False

    def _spoken(self, reply: Reply) -> str:
        """Return all that was sent; a model that does not know the contract is taken at its word."""
        return "\n\n".join(self._sent) or reply.message.text

    def _login(self, turn: Turn) -> str:
        """Return the event that begins a session; empty in the midst of one."""
        sessions = self._memory.sessions
        if any(known.n < turn.message.n for known in self._memory.turns.queue_of(turn.session)):
            return ""
        before = sessions.before(turn.session)
        last = next((info.last for info in sessions.all() if info.id == before), None)
        said = self._memory.scope.local(last).strftime("%Y-%m-%d %H:%M") if last else "Never (first login)"
        return _event("login", last_login=said)


def _event(kind: str, **fields: str) -> str:
    return canonical({"type": kind, **fields})
