"""Recall and archival: search with scores, the newest memories, and one memory in full."""

from typing import Any

from carrel import dates
from carrel.agent.agent import Agent
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.core import events_of
from carrel.inspector.views.shapes import message_json, passage_json
from carrel.memory.inspection.why import explain_memory
from carrel.memory.values import Filters, Mode, SearchPage, Tier

PAGE = 25
_TIERS: dict[str, tuple[Tier, ...]] = {
    "all": ("recall", "archival"),
    "recall": ("recall",),
    "archival": ("archival",),
}
_MODES: dict[str, Mode] = {"hybrid": "hybrid", "words": "words", "meaning": "meaning"}


def show_search(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return a page of hits, as `carrel memory search --json` prints it."""
    agent = subject.agent(parameters.text("agent"))
    since, until = parameters.text("since", ""), parameters.text("until", "")
    zone = agent.memory.zone
    filters = Filters(
        dates.parse_since(since, zone) if since else None, dates.parse_until(until, zone) if until else None
    )
    found = agent.memory.search.find(
        parameters.text("q"),
        _TIERS[parameters.choice("tier", *_TIERS)],
        limit=PAGE,
        page=parameters.number("page", 1, high=10_000),
        filters=filters,
        mode=_MODES[parameters.choice("mode", *_MODES)],
    )
    return _page_json(found)


def show_newest(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return a page of messages or of passages, newest first."""
    agent = subject.agent(parameters.text("agent"))
    limit, before = parameters.number("limit", PAGE, high=500), parameters.maybe_number("before")
    if parameters.choice("tier", "recall", "archival") == "recall":
        rows = [message_json(message) for message in agent.recall.latest(limit + 1, before=before)]
    else:
        rows = [passage_json(passage) for passage in agent.archival.latest(limit + 1, before)]
    shown = rows[::-1][:limit]
    return {"memories": shown, "older": shown[-1]["n"] if len(rows) > limit else None}


def show_memory(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return one message or passage in full, with its history and the turns that were shown it."""
    agent = subject.agent(parameters.text("agent"))
    found = agent.memory.forgetting.find_id(parameters.text("id"))
    uses = [use.to_json() for use in explain_memory(agent.memory, found).uses]
    return {**_one_json(agent, found), "history": [event.to_json() for event in events_of(agent, found)], "uses": uses}


def _one_json(agent: Agent, found: str) -> dict[str, Any]:
    if found.startswith("p-"):
        return passage_json(agent.archival.get(found))
    return message_json(agent.recall.get(found))


def _page_json(found: SearchPage) -> dict[str, Any]:
    return {
        "query": found.query,
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "mode": found.mode,
        "hits": [hit.to_json() for hit in found.hits],
    }
