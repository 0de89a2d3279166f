"""The vector index: numbers and vectors, by agent and tier. Derived from SQL, never the truth.

`chroma` is the sibling for Chroma. An index is used by one process at a time; every other one scans the vectors in SQL.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from carrel.errors import OperatorError
from carrel.memory.values import Tier
from carrel.protocols import Vectors

AgentTier = tuple[int, Tier]
"""An agent's number and a tier: vectors of one are searched together."""


class IndexBroken(OperatorError):
    """The index failed; search goes on by exact scan, and the next generation is built from SQL."""

    code = "index_broken"


class VectorIndex(Protocol):
    """An index of vectors. Every method but `close` and `abandon` raises IndexBroken where the index fails."""

    generation: str
    """The name of what was opened last. A generation that is built anew has a name that was never used before."""

    @property
    def is_open(self) -> bool:
        """Whether this process owns the index and can query it."""
        ...

    def open(self, is_complete: Callable[[str, Mapping[AgentTier, int]], bool]) -> bool:
        """Become the owner and open the newest generation; False where another process owns the index.

        After an unclean stop `is_complete` is asked whether a generation may be used that holds so many vectors.
        """
        ...

    def upsert(self, agent_id: int, tier: Tier, numbers: Sequence[int], matrix: Vectors) -> None:
        """Add vectors by their numbers, at least one, or replace those that are there; matrix (numbers, dimension)."""
        ...

    def remove(self, agent_id: int, tier: Tier, numbers: Sequence[int]) -> None:
        """Remove vectors, at least one."""
        ...

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return number and cosine of the vectors nearest to a query, shape (dimension,); `limit` is at least 1."""
        ...

    def count(self, agent_id: int, tier: Tier) -> int:
        """Return how many vectors an agent has in a tier."""
        ...

    def has_more_than(self, agent_id: int, tier: Tier, number: int) -> bool:
        """Return whether an agent has more than so many vectors in a tier; cheaper than `count`."""
        ...

    def keep_only(self, agents: Collection[int]) -> None:
        """Remove the vectors of all other agents."""
        ...

    def abandon(self) -> None:
        """Give the generation up; the next `open` starts a new one."""
        ...

    def close(self) -> None:
        """Close cleanly: the next `open` may trust this generation."""
        ...
