"""What is inspected: agents of an open home, and whether they may be changed."""

from collections.abc import Set
from dataclasses import dataclass

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Subject:
    """The agents of a home that somebody may look at."""

    carrel: Carrel
    writable: bool = False
    agents: Set[str] | None = None
    """The names of these agents; None means all of the home."""
    first: str = "default"
    """The agent that is shown first."""

    def names(self) -> list[str]:
        """Return the names of the agents, in the order in which they were created."""
        names = (info.name for info in self.carrel.agents.all())
        return [name for name in names if self.agents is None or name in self.agents]

    def agent(self, name: str) -> Agent:
        """Return an agent by its name. Raise NotFound where it does not exist or may not be looked at."""
        if self.agents is not None and name not in self.agents:
            raise NotFound(f"Agent '{name}' does not exist.", "Choose one from the list.")
        return self.carrel.agent(name, make=False)
