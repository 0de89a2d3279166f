"""The MemGPT paper's contract: text is a private thought, send_message speaks, heartbeats go on.

A turn goes on after a call that failed or asked for a heartbeat, and ends otherwise (arXiv 2310.08560, section 2.4).
Events (heartbeat, login, memory pressure) are notices in JSON, not messages, so recall holds only what was said.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

from carrel.agent.events import Event, RequestRetried, TextDelta, TextDiscarded, Thought, ToolCalled, ToolReturned
from carrel.agent.turn.contract import Contract, Steps, is_answer
from carrel.agent.turn.state import TurnState
from carrel.agent.window.prompt_set import MEMGPT_PROMPTS
from carrel.memory.store import Memory
from carrel.memory.values import UnfinishedTurn
from carrel.messages import AssistantMessage
from carrel.protocols import Reply
from carrel.rendering import notices
from carrel.tools.memgpt import SEND, parse_sent_message, wants_heartbeat

NEVER = "Never (first login)"

Result = TypeVar("Result")


class MemgptTurn:
    """A turn in which the user sees what send_message sends."""

    def __init__(self, turn: TurnState, memory: Memory) -> None:
        self._turn = turn
        self._memory = memory
        self._sent: list[str] = []
        self._heartbeat = ""
        """Why the turn goes on after the current step; empty where it ends."""
        self._text_may_answer = False
        """Whether the text of the current step may be the answer."""
        self._last_reply: Reply | None = None

    @property
    def may_call(self) -> bool:
        """Whether the next request offers tools: always."""
        return True

    @property
    def last_reply(self) -> Reply | None:
        """The last reply of a turn that was stopped, where it made calls."""
        return self._last_reply

    def recollect(self, unfinished: UnfinishedTurn) -> str:
        """Take note of what the turn's calls did before it stopped; text without calls is a thought, not its reply."""
        last = None
        for last in (message for message in self._memory.recall.of_turn(self._turn.id) if message.calls):
            self._heartbeat = ""
            for position, call in enumerate(last.calls):
                result = self._memory.calls.result_of((self._turn.id, last.step or 0, position))
                if result is not None:
                    self._note(call.name, call.arguments, result.ok)
        if last is not None and last.step == unfinished.steps:
            self._last_reply = Reply(AssistantMessage(last.text, last.calls), finish="tool_calls")
        return ""

    def opening(self) -> tuple[str, ...]:
        """Return the login event that begins a session, until the model has answered a request of it."""
        turn, sessions = self._turn, self._memory.sessions
        queue = self._memory.queue.load(turn.session) if turn.queue is None else turn.queue
        answered = any(message.role == "assistant" and message.state == "complete" for message in queue)
        if answered or self._memory.steps.session_tokens(turn.session):
            return ()
        before = sessions.previous_chat(turn.session)
        last = next((info.last for info in sessions.all() if info.id == before), None)
        said = self._memory.local(last).strftime("%Y-%m-%d %H:%M") if last else NEVER
        return (notices.render_event("login", last_login=said),)

    def translate_calls(self, calls: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
        """Pass on the events of calls; what send_message sends is text of the answer."""
        call: ToolCalled | None = None
        while True:
            try:
                event = next(calls)
            except StopIteration as done:
                result: Result = done.value
                return result
            if isinstance(event, ToolCalled):
                call = event
            elif isinstance(event, ToolReturned) and call is not None:
                self._note(call.name, call.arguments, event.ok)
                if event.ok and call.name == SEND:
                    yield TextDelta(("\n\n" if len(self._sent) > 1 else "") + self._sent[-1])
            yield event

    def translate_step(self, step: Steps, closing: bool) -> Steps:
        """Pass on the events of a step: what the model writes is a thought, what it sends is said to the user."""
        turn = self._turn
        self._heartbeat, self._text_may_answer = "", closing or turn.nudged
        if closing:
            reply = yield from step
            self._sent += [reply.message.text] if is_answer(reply) else []
            return reply
        reply = yield from self.translate_calls(_with_thoughts(step))
        if turn.stopped:  # the time was over in the middle of a thought: half a thought is no answer
            return replace(reply, message=AssistantMessage(""), finish="stop")
        if turn.notices and reply.finish != "content_filter":  # some calls were not executed
            self._heartbeat = notices.CALL_FAILED
        return reply

    def is_final(self, reply: Reply) -> bool:
        """Return whether a reply is surely the turn's last; where it calls, only the calls' results show that.

        On disk, a last thought looks like one whose calls were cut off: the turn has to end in the same transaction.
        """
        if self._sent:
            return not reply.message.calls
        return self._text_may_answer and reply.finish == "stop" and is_answer(reply)

    def ends(self, reply: Reply) -> bool:
        """Return whether a reply ends the turn; a model that has said nothing is told so, once in a row."""
        turn = self._turn
        if reply.message.calls:
            turn.nudged = False
        if self._heartbeat:
            turn.notices = (*turn.notices, notices.render_event("heartbeat", reason=self._heartbeat))
            return False
        if self._sent or turn.nudged:
            return True
        turn.totals.truncated += reply.finish == "length"
        turn.nudged = True
        turn.notices = (*turn.notices, notices.render_event("system_alert", message=notices.NOTHING_SENT))
        return False

    def answer(self, reply: Reply) -> str:
        """Return all that was sent; the text of a model that does not know the contract is taken as its answer."""
        text = reply.message.text if self._text_may_answer and reply.finish != "content_filter" else ""
        return "\n\n".join(self._sent) or text

    def _note(self, name: str, arguments: str, ok: bool) -> None:
        """Take note of what an executed call means for the turn."""
        if not ok:
            self._heartbeat = notices.CALL_FAILED
        elif name == SEND:
            self._sent.append(parse_sent_message(arguments))
        elif wants_heartbeat(arguments) and not self._heartbeat:
            self._heartbeat = notices.HEARTBEAT_REQUESTED


def _with_thoughts(step: Steps) -> Steps:
    """Pass on the events of a step, with the text before its calls as one thought once that is complete."""
    thought = ""
    while True:
        try:
            event = next(step)
        except StopIteration as done:
            if thought:
                yield Thought(thought)
            reply: Reply = done.value
            return reply
        match event:
            case TextDelta(text=text):
                thought += text
                continue
            case TextDiscarded():  # a thought is what it was taken for
                continue
            case RequestRetried(discarded=True):
                thought = ""
            case ToolCalled() if thought:
                yield Thought(thought)
                thought = ""
        yield event


MEMGPT = Contract(MEMGPT_PROMPTS, MemgptTurn)
