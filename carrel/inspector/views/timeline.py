"""Sessions, their messages, and their summaries with the messages that each covers."""

from typing import Any

from carrel.dates import format_iso
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.shapes import message_json
from carrel.memory.inspection.session_pages import SessionLine, SummaryInfo, list_sessions, list_summaries

PAGE = 100


def show_sessions(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return a page of sessions, newest first."""
    memory = subject.agent(parameters.text("agent")).memory
    page = list_sessions(memory, parameters.maybe_number("before"), parameters.number("limit", PAGE, high=500))
    return {"sessions": [_session_json(line) for line in page.sessions], "older": page.older}


def show_session(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return a page of a session's messages, the newest page first and in their order, and its summaries."""
    agent = subject.agent(parameters.text("agent"))
    session = agent.sessions.find(parameters.text("id"))
    limit = parameters.number("limit", PAGE, high=500)
    found = agent.recall.latest(limit + 1, session, parameters.maybe_number("before"))
    shown = found[-limit:]
    return {
        "id": session,
        "messages": [message_json(message) for message in shown],
        "older": shown[0].n if len(found) > limit else None,
        "summaries": [_summary_json(summary) for summary in list_summaries(agent.memory, session)],
    }


def _session_json(line: SessionLine) -> dict[str, Any]:
    info = line.info
    return {
        "id": info.id,
        "name": info.name,
        "origin": info.origin,
        "started": format_iso(info.started),
        "last": format_iso(info.last),
        "messages": info.messages,
        "summaries": line.summaries,
    }


def _summary_json(summary: SummaryInfo) -> dict[str, Any]:
    return {
        "n": summary.n,
        "text": summary.text,
        "tokens": summary.tokens,
        "at": format_iso(summary.at),
        "turn": summary.turn,
        "first": summary.first,
        "last": summary.last,
        "messages": summary.messages,
        "since": format_iso(summary.since) if summary.since else None,
        "until": format_iso(summary.until) if summary.until else None,
    }
