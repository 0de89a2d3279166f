"""`carrel ask`: one turn."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, cast

import typer

from carrel.cli.notices import WARNING, notice
from carrel.cli.options import AgentName, AsJson, Model, SessionName, open_home
from carrel.cli.output import json_text, line, note, print_json
from carrel.cli.printing import note_ending, note_retry
from carrel.text import clean_text, terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.agent import Session
    from carrel.agent.events import Answer, Event

LONG_WAIT = 2.0
"""Seconds that nobody waits without wondering."""

NAMES = {
    "TurnStarted": "system.init",
    "PagedIn": "memory.retrieve",
    "ContextCompiled": "context.tokens",
    "TextDelta": "message.delta",
    "Retried": "retry",
    "Thought": "message.thought",
    "ToolCalled": "tool_call",
    "ToolReturned": "tool_result",
    "MemoryChanged": "memory.write",
    "Evicted": "context.evict",
    "PromptCut": "context.cut",
    "Archived": "memory.archive",
    "Answer": "result",
}


def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say; - reads it from standard input.")],
    agent: AgentName = "default",
    session: SessionName = None,
    model: Model = None,
    as_json: AsJson = False,
    stream_json: Annotated[bool, typer.Option("--stream-json", help="Print every event as a JSON line.")] = False,
) -> None:
    """Say one thing and print the answer."""
    said = read_stdin() if text == "-" else text
    with open_home(model) as desk:
        chat = desk.agent(agent).session(session)
        for problem in desk.problems:
            note(problem)
        if stream_json:
            for event in chat.stream(said):
                line(json_text(event_json(event)))
            return
        answer = _answered(chat, said)
        if as_json:
            print_json("ask", answer.to_json())
            return
        line(terminal_text(answer.text))
        note_ending(answer)
        for told in filter(None, map(notice, answer.events)):
            if told.startswith(WARNING):
                note(told)


def _answered(chat: "Session", said: str) -> "Answer":
    """Return the answer; where the server makes us wait, say so meanwhile."""
    from carrel.agent.events import Retried

    event = None
    for event in chat.stream(said):
        if isinstance(event, Retried) and event.wait >= LONG_WAIT:
            note_retry(event.reason, event.wait)
    return cast("Answer", event)


def event_json(event: "Event") -> dict[str, object]:
    """Return an event as `--stream-json` prints it."""
    name = type(event).__name__
    if name == "Answer":
        return {"type": NAMES[name], **event.to_json()}  # type: ignore[union-attr]
    if name == "PagedIn":
        return {"type": NAMES[name], "hits": [hit.to_json() for hit in event.hits]}  # type: ignore[union-attr]
    if name == "MemoryChanged":
        return {"type": NAMES[name], **event.event.to_json()}  # type: ignore[union-attr]
    return {"type": NAMES[name], **asdict(event)}


def read_stdin() -> str:
    """Read standard input as text, whatever bytes it holds."""
    return clean_text(sys.stdin.buffer.read().decode("utf-8", "replace"))
