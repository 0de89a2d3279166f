"""`carrel ask`: one turn."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.notices import WARNING, notice
from carrel.cli.options import AgentName, AsJson, Model, SessionName, open_home
from carrel.cli.output import json_text, line, note, print_json
from carrel.text import clean_text, terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.events import Event

NAMES = {
    "TurnStarted": "system.init",
    "PagedIn": "memory.retrieve",
    "ContextCompiled": "context.tokens",
    "TextDelta": "message.delta",
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
        if stream_json:
            for event in chat.stream(said):
                line(json_text(event_json(event)))
            return
        answer = chat.send(said)
        if as_json:
            print_json("ask", answer.to_json())
            return
        line(terminal_text(answer.text))
        for told in filter(None, map(notice, answer.events)):
            if told.startswith(WARNING):
                note(told)


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
