"""`carrel ask`: one turn."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, cast

import typer

from carrel.cli.options import AgentName, AsJson, Gguf, Model, SessionName, open_home_for_turns
from carrel.cli.terminal.notices import WARNING, format_ending, format_notice, format_retry
from carrel.cli.terminal.output import print_json, print_line, print_note, to_json_text
from carrel.cli.terminal.streams import read_stdin
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Session
    from carrel.agent.events import Answer, Event

LONG_WAIT = 2.0
"""Seconds before a retry from which on the user is told about it."""

EVENT_TYPES = {
    "TurnStarted": "system.init",
    "PagedIn": "memory.retrieve",
    "ContextCompiled": "context.tokens",
    "TextDelta": "message.delta",
    "TextDiscarded": "message.discard",
    "RequestRetried": "retry",
    "Thought": "message.thought",
    "ToolCalled": "tool_call",
    "ToolReturned": "tool_result",
    "MemoryChanged": "memory.write",
    "QueueFlushed": "context.evict",
    "PromptTruncated": "context.cut",
    "PasteArchived": "memory.archive",
    "ContractChosen": "model.contract",
    "Answer": "result",
}


def ask(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to say, after what standard input holds; - says only that.")
    ],
    agent_name: AgentName = "default",
    session_name: SessionName = None,
    goes_on: Annotated[bool, typer.Option("-c", "--continue", help="Go on with the last session.")] = False,
    model: Model = None,
    gguf: Gguf = None,
    as_json: AsJson = False,
    stream_json: Annotated[bool, typer.Option("--stream-json", help="Print every event as a JSON line.")] = False,
) -> None:
    """Say one thing, after what standard input holds, and print the answer."""
    reference = _choose_session(session_name, goes_on)
    message = _read_message(text)
    with open_home_for_turns(model, gguf) as carrel:
        session = carrel.agent(agent_name).session(reference)
        for problem in carrel.problems:
            print_note(problem)
        if stream_json:
            for event in session.stream(message):
                print_line(to_json_text(event_to_json(event)))
            return
        answer = _wait_for_answer(session, message)
        if as_json:
            print_json("ask", answer.to_json())
            return
        print_line(terminal_text(answer.text))
        if ending := format_ending(answer):
            print_note(ending)
        for notice in filter(None, map(format_notice, answer.events)):
            if notice.startswith(WARNING):
                print_note(notice)


def _choose_session(session_name: str | None, goes_on: bool) -> str | None:
    """Return the session to go on with; None starts another one. Raise UsageError where two are meant."""
    if goes_on and session_name:
        raise UsageError("Both --continue and --session were given.", "Give one of them.")
    return "last" if goes_on else session_name


def _read_message(text: str) -> str:
    """Return what to say: what standard input holds, if anything, and after it the text, unless that is -."""
    if text == "-":
        return read_stdin()
    given = "" if sys.stdin.isatty() else read_stdin().strip()
    return f"{given}\n\n{text}" if given else text


def _wait_for_answer(session: "Session", message: str) -> "Answer":
    """Run the turn and return the answer; note each long wait for the server."""
    from carrel.agent.events import RequestRetried

    event = None
    for event in session.stream(message):
        if isinstance(event, RequestRetried) and event.wait >= LONG_WAIT:
            print_note(format_retry(event.reason, event.wait))
    return cast("Answer", event)


def event_to_json(event: "Event") -> dict[str, object]:
    """Return an event as `--stream-json` prints it."""
    name = type(event).__name__
    if name == "Answer":
        return {"type": EVENT_TYPES[name], **event.to_json()}  # type: ignore[union-attr]
    if name == "PagedIn":
        return {"type": EVENT_TYPES[name], "hits": [hit.to_json() for hit in event.hits]}  # type: ignore[union-attr]
    if name == "MemoryChanged":
        return {"type": EVENT_TYPES[name], **event.event.to_json()}  # type: ignore[union-attr]
    return {"type": EVENT_TYPES[name], **asdict(event)}
