"""The rungs of the ladder of contracts, from what asks most of a model and its server to what asks least."""

from typing import Literal, get_args

Rung = Literal["native", "action", "text", "none"]
RUNGS: tuple[Rung, ...] = get_args(Rung)

ToolSet = Literal["core", "all"]
"""Which tools are offered: all, or the few that small models can handle."""

DESCRIPTIONS: dict[Rung, str] = {
    "native": "calls tools through its server's interface",
    "action": "writes actions that follow a JSON schema",
    "text": "writes calls as text, which are read from it",
    "none": "calls no tools: memory comes by page-in, and what you say of yourself is kept",
}


def rungs_from(rung: Rung) -> tuple[Rung, ...]:
    """Return a rung and all below it."""
    return RUNGS[RUNGS.index(rung) :]


def rung_below(rung: Rung) -> Rung | None:
    """Return the next rung; None below the last."""
    below = rungs_from(rung)[1:]
    return below[0] if below else None
