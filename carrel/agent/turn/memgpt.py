"""The MemGPT paper's contract, as a sibling of the loop: thoughts are private, send_message speaks, heartbeats go on.

A turn goes on after a failed call or one that asked for a heartbeat and ends otherwise (arXiv 2310.08560, section 2.4).
Events (heartbeat, login, memory pressure) stand at the tail as JSON: they are not messages, and recall stays clean.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace

from carrel.agent.events import Event, Retried, TextDelta, Thought, ToolCalled, ToolReturned
from carrel.agent.turn.loop import Loop
from carrel.agent.turn.state import Parts, Turn
from carrel.agent.window.prompt_set import MEMGPT
from carrel.memory.values import UnfinishedTurn
from carrel.messages import AssistantMessage, ToolCall
from carrel.protocols import Reply
from carrel.rendering import notices
from carrel.tools.memgpt import SEND, message_of, wants_heartbeat
from carrel.tools.tool import ToolContext


def loop_for(parts: Parts) -> Loop:
    """Return the loop of a contract."""
    return MemgptLoop(parts) if parts.contract is MEMGPT else Loop(parts)


class MemgptLoop(Loop):
    """Runs turns under the paper's contract."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._sent: list[str] = []
        self._heartbeat = ""
        self._plain = False
        """Whether what the model writes in this step may be the answer."""
        self._left: Reply | None = None
        """The last reply of a turn that was stopped, once what it called is executed."""

    def _events(self, turn: Turn) -> Iterator[Event]:
        self._sent, self._left = [], None
        yield from super()._events(turn)

    def _resumed(self, turn: Turn, unfinished: UnfinishedTurn) -> Iterator[Event]:
        """Go on where a turn was left; a text without calls is a thought and never its reply."""
        self._left = self._recollected(turn, unfinished.steps)
        yield from super()._resumed(turn, replace(unfinished, reply=""))

    def _recollected(self, turn: Turn, steps: int) -> Reply | None:
        """Take note of what a turn's calls did before it stopped; return its last reply, where that made calls."""
        self._sent, self._heartbeat = [], ""
        last = None
        for last in (message for message in self._memory.recall.of_turn(turn.id) if message.calls):
            self._heartbeat = ""
            for position, call in enumerate(last.calls):
                result = self._memory.calls.result_of((turn.id, last.step or 0, position))
                if result is not None:
                    self._note(call, result.ok)
        if last is None or last.step != steps:
            return None
        return Reply(AssistantMessage(last.text, last.calls), finish="tool_calls")

    def _steps(self, turn: Turn) -> Iterator[Event]:
        """Step until the turn ends; one that was stopped after its last call has ended already."""
        if event := self._login(turn):
            turn.notices = (event, *turn.notices)
        if self._left is not None and self._ends(turn, self._left):
            turn.text, turn.finish = self._spoken(self._left), self._left.finish
            return
        yield from super()._steps(turn)

    def _step(self, turn: Turn, closing: bool = False) -> Generator[Event, None, Reply]:
        """Take a step; what the model writes is a thought, what it sends is said to the user."""
        self._heartbeat, self._plain = "", closing or turn.nudged
        if closing:
            reply = yield from super()._step(turn, closing)
            self._sent += [reply.message.text] if super()._answers(reply) else []
            return reply
        reply = yield from self._heard(super()._step(turn))
        if turn.stopped:  # the time was over in the middle of a thought: half a thought is no answer
            return replace(reply, message=AssistantMessage(""), finish="stop")
        if turn.notices and reply.finish != "content_filter":  # some calls were not executed
            self._heartbeat = notices.CALL_FAILED
        return reply

    def _heard(self, events: Generator[Event, None, Reply]) -> Generator[Event, None, Reply]:
        """Pass events on; the text before the calls as a thought, once it is whole."""
        thoughts, calling = "", False
        while True:
            try:
                event = next(events)
            except StopIteration as done:
                if thoughts:
                    yield Thought(thoughts)
                reply: Reply = done.value
                return reply
            if isinstance(event, TextDelta) and not calling:
                thoughts += event.text
                continue
            if isinstance(event, Retried) and event.discarded:
                thoughts = ""
            if isinstance(event, ToolCalled):
                if thoughts:
                    yield Thought(thoughts)
                thoughts, calling = "", True
            yield event

    def _execute(self, turn: Turn, call: ToolCall, context: ToolContext) -> Iterator[Event]:
        """Execute a call; what it sends is text of the answer."""
        for event in super()._execute(turn, call, context):
            if isinstance(event, ToolReturned):
                self._note(call, event.ok)
                if event.ok and call.name == SEND:
                    yield TextDelta(("\n\n" if len(self._sent) > 1 else "") + self._sent[-1])
            yield event

    def _note(self, call: ToolCall, ok: bool) -> None:
        """Take note of what an executed call means for the turn."""
        if not ok:
            self._heartbeat = notices.CALL_FAILED
        elif call.name == SEND:
            self._sent.append(message_of(call.arguments))
        elif wants_heartbeat(call.arguments) and not self._heartbeat:
            self._heartbeat = notices.HEARTBEAT_REQUESTED

    def _ends(self, turn: Turn, reply: Reply) -> bool:
        """Return whether a reply ends the turn; one in which nothing was said is asked about, once in a row."""
        if reply.message.calls:
            turn.nudged = False
        if self._heartbeat:
            turn.notices = (*turn.notices, notices.event("heartbeat", reason=self._heartbeat))
            return False
        if self._sent or turn.nudged:
            return True
        turn.spent.cuts += reply.finish == "length"
        turn.nudged = True
        turn.notices = (*turn.notices, notices.event("system_alert", message=notices.NOTHING_SENT))
        return False

    def _answers(self, reply: Reply) -> bool:
        """Return whether a reply is surely a turn's last; where it calls, that shows once the calls were executed.

        On disk, a last thought looks like one whose calls were cut off: the turn has to end in the same transaction.
        """
        if self._sent:
            return not reply.message.calls
        return self._plain and reply.finish == "stop" and super()._answers(reply)

    def _spoken(self, reply: Reply) -> str:
        """Return all that was sent; a model that does not know the contract is taken at its word."""
        plain = self._plain and reply.finish != "content_filter"
        return "\n\n".join(self._sent) or (reply.message.text if plain else "")

    def _login(self, turn: Turn) -> str:
        """Return the event that begins a session; empty once the model has answered a request of it."""
        sessions, steps = self._memory.sessions, self._memory.steps
        queue = self._memory.queue.load(turn.session) if turn.queue is None else turn.queue
        answered = any(message.role == "assistant" and message.state == "complete" for message in queue)
        if answered or steps.session_tokens(turn.session):
            return ""
        before = sessions.before(turn.session)
        last = next((info.last for info in sessions.all() if info.id == before), None)
        said = self._memory.local(last).strftime("%Y-%m-%d %H:%M") if last else "Never (first login)"
        return notices.event("login", last_login=said)
