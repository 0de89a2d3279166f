"""The main context of a turn: its parts against the budget, what entered and left, calls and changes of memory."""

from dataclasses import replace
from typing import Any

from carrel.agent.agent import Agent
from carrel.agent.context.breakdown import ContextParts, count_parts, split_context
from carrel.agent.window.budget import Budget
from carrel.dates import format_iso
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.changes import compare, describe_message
from carrel.inspector.views.shapes import message_json
from carrel.memory.inspection.turn_pages import list_turns, locate_turn
from carrel.memory.journal.request_log import SentRequest

PAGE = 50


def show_turns(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return a page of turns, newest first."""
    memory = subject.agent(parameters.text("agent")).memory
    page = list_turns(memory, parameters.maybe_number("before"), parameters.number("limit", PAGE, high=500))
    turns = [
        {
            "id": line.id,
            "session": line.session,
            "state": line.state,
            "model": line.model,
            "started": format_iso(line.started),
            "error": line.error,
            "message": line.message,
            "reply": line.reply,
            "steps": line.steps,
            "tokens": line.tokens,
        }
        for line in page.turns
    ]
    return {"turns": turns, "older": page.older, "window": subject.carrel.budget.window}


def show_context(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return the request of a step of a turn, of its last step unless one is named, part by part."""
    agent = subject.agent(parameters.text("agent"))
    log = agent.memory.request_log
    sent = log.find(parameters.text("turn", "last"), parameters.maybe_number("step"))
    before = log.previous(replace(sent, step=1))
    parts = split_context(sent)
    entered, left = compare(split_context(before) if before else None, parts)
    place = locate_turn(agent.memory, sent.turn)
    return {
        **_describe(sent, before),
        "steps": list(place.steps),
        "previous": place.previous,
        "next": place.next,
        **_describe_budget(subject.carrel.budget),
        "account": count_parts(sent, agent.memory.counter),
        "counted": sent.counted,
        "reported": sent.reported,
        "cached": sent.cached,
        "parts": _parts_json(parts),
        "entered": [entry.to_json() for entry in entered],
        "left": [entry.to_json() for entry in left],
        **_describe_turn(agent, sent.turn),
    }


def _describe(sent: SentRequest, before: SentRequest | None) -> dict[str, Any]:
    return {
        "turn": sent.turn,
        "step": sent.step,
        "session": sent.session,
        "at": format_iso(sent.at),
        "model": sent.model,
        "compared_with": before.turn if before else None,
    }


def _describe_budget(budget: Budget) -> dict[str, int]:
    return {"window": budget.window, "reserve": budget.reserve, "warn": budget.warn, "flush": budget.flush}


def _parts_json(parts: ContextParts) -> dict[str, Any]:
    """Return the parts by the names of the breakdown; messages and tools one by one."""
    texts = {name: getattr(parts, name) for name in ("instructions", "core", "summary", "recalled", "tail")}
    queue = [{"role": message["role"], "text": describe_message(message)} for message in parts.queue]
    return {**texts, "queue": queue, "tools": [tool["function"] for tool in parts.tools]}


def _describe_turn(agent: Agent, turn: str) -> dict[str, Any]:
    """Return what was said and called in a turn, and what it changed in memory."""
    return {
        "messages": [message_json(message) for message in agent.recall.of_turn(turn)],
        "writes": [event.to_json() for event in agent.memory.turns.changes(turn)],
    }
