"""The vector index: vectors by number, agent and tier. It is derived from SQL and can always be rebuilt.

`chroma` is the engine for Chroma. One process at a time owns an index; all others scan the vectors in SQL.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from carrel.errors import OperatorError
from carrel.memory.values import Tier
from carrel.protocols import Vectors

AgentTier = tuple[int, Tier]
"""The number of an agent, and a tier. Their vectors are searched together."""


class IndexBroken(OperatorError):
    """The index failed. Search continues with an exact scan, and a new generation is built from SQL."""

    code = "index_broken"


class VectorIndex(Protocol):
    """An index of vectors. All methods except `close`, `discard` and `abandon` raise IndexBroken if the index fails."""

    generation: str
    """The name of the generation that was opened last. A new generation gets a name that was never used before."""

    @property
    def is_open(self) -> bool:
        """Whether this process owns the index and can query it."""
        ...

    def open(self, is_complete: Callable[[str, Mapping[AgentTier, int]], bool]) -> bool:
        """Become the owner and open the newest generation; return False if another process owns the index.

        After an unclean stop `is_complete` decides whether a generation with these numbers of vectors may be used.
        """
        ...

    def upsert(self, agent_id: int, tier: Tier, numbers: Sequence[int], matrix: Vectors) -> None:
        """Add at least one vector by its number, or replace it; `matrix` has the shape (numbers, dimension)."""
        ...

    def remove(self, agent_id: int, tier: Tier, numbers: Sequence[int]) -> None:
        """Remove at least one vector."""
        ...

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return the number and the cosine of each of the vectors nearest to a query of shape (dimension,).

        `limit` is at least 1.
        """
        ...

    def count(self, agent_id: int, tier: Tier) -> int:
        """Return how many vectors an agent has in a tier."""
        ...

    def has_more_than(self, agent_id: int, tier: Tier, number: int) -> bool:
        """Return whether an agent has more than this number of vectors in a tier; cheaper than `count`."""
        ...

    def keep_only(self, agents: Collection[int]) -> None:
        """Remove the vectors of all other agents."""
        ...

    def discard(self) -> bool:
        """Delete all generations, so that the next `open` starts a new one; return False if another process owns it."""
        ...

    def abandon(self) -> None:
        """Delete the generation and give up ownership; the next `open` starts a new generation."""
        ...

    def close(self) -> None:
        """Close cleanly, so that the next `open` can trust this generation."""
        ...
