"""The vector index: vectors by number, agent and tier. It is derived from SQL and can always be rebuilt.

`chroma` is the engine for Chroma. One process at a time owns an index; all others scan the vectors in SQL.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Protocol

from carrel.errors import OperatorError
from carrel.memory.values import Tier
from carrel.protocols import Vectors

AgentTier = tuple[int, Tier]
"""The number of an agent, and a tier. Their vectors are searched together."""


class IndexBroken(OperatorError):
    """The index failed. Search continues with an exact scan, and a new generation is built from SQL."""

    code = "index_broken"


class IndexRecord(Protocol):
    """What the database knows of an index: it tells whether a generation is what was left."""

    def is_complete(self, generation: str, counts: Mapping[AgentTier, int]) -> bool:
        """Return whether a generation with these numbers of vectors contains all that it was given."""
        ...

    def sample(self, generation: str) -> Mapping[AgentTier, Vectors]:
        """Return some of the vectors that a generation contains, by agent and tier, each of shape (n, dimension)."""
        ...

    def checksums(self, generation: str) -> str | None:
        """Return the checksums of a generation's files when it was closed; None if they are not known."""
        ...

    def save_checksums(self, generation: str, checksums: str) -> None:
        """Record the checksums of the files of a generation that has been closed."""
        ...


IndexState = Literal["sound", "damaged", "not built", "in use", "not readable"]
"""What an examination finds. An index in use by another process cannot be examined."""


class VectorIndex(Protocol):
    """An index of vectors. All methods except `close`, `discard` and `abandon` raise IndexBroken if the index fails."""

    generation: str
    """The name of the generation that was opened last. A new generation gets a name that was never used before."""

    @property
    def is_open(self) -> bool:
        """Whether this process owns the index and can query it."""
        ...

    def open(self, record: IndexRecord) -> bool:
        """Become the owner and open the newest generation; return False if another process owns the index.

        A generation that is not what was left, or that lost vectors in an unclean stop, is replaced by a new one.
        """
        ...

    def examine(self, record: IndexRecord) -> IndexState:
        """Read the whole index, without changing it, and return its state."""
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
