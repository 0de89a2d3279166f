"""The bin: what was forgotten and can be restored."""

from typing import Any

from carrel.dates import format_iso
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.memory.forgetting.bin import KEPT_DAYS
from carrel.memory.inspection.bin_pages import BinItem, list_bin


def show_bin(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return a page of what is in the bin, newest first, and the lines of core memory in it."""
    memory = subject.agent(parameters.text("agent")).memory
    found = list_bin(memory, parameters.number("page", 1, high=10_000))
    return {
        "items": [_item_json(item) for item in found.items],
        "lines": [_item_json(item) for item in found.lines],
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "kept_days": KEPT_DAYS,
    }


def _item_json(item: BinItem) -> dict[str, Any]:
    return {
        "tier": item.tier,
        "id": item.id,
        "text": item.text,
        "at": format_iso(item.at) if item.at else None,
        "actor": item.actor,
        "turn": item.turn,
    }
