"""What every tab needs: the agents, how much the chosen one remembers, and whether it may be changed."""

from dataclasses import asdict
from typing import Any

from carrel import __version__
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject


def show_overview(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return the version, the agents, and the counts of the chosen one; None where it does not exist."""
    names = subject.names()
    chosen = parameters.text("agent", subject.first if subject.first in names else next(iter(names), subject.first))
    return {
        "version": __version__,
        "agents": names,
        "agent": chosen,
        "writable": subject.writable,
        "model": subject.carrel.model.name,
        "counts": asdict(subject.agent(chosen).counts) if chosen in names else None,
    }
