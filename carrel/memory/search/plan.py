"""The plan of a search, made before anything is looked up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from carrel.memory.indexing.progress import Coverage
from carrel.memory.search.question import Question
from carrel.memory.search.shortlist import RowKey
from carrel.memory.values import Filters, Mode, Tier
from carrel.words import is_emoji


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many rows are scored."""

    pool: int
    """The largest number of rows that words select in each tier, and meaning as well."""
    with_neighbours: int
    """The rows around this number of the best rows by words, and by meaning, are scored too."""


BROAD = Breadth(80, 12)
"""For a query from a person or a tool."""
NARROW = Breadth(48, 12)
"""For page-in, which shows ten to twenty rows: about half as many rows are scored, in half of the time."""


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What to search for, and where."""

    question: Question
    tiers: tuple[Tier, ...]
    """The tiers to search, without those that have no rows."""
    filters: Filters
    mode: Mode
    rank_last: Collection[int]
    """The numbers of messages that rank behind all others."""
    breadth: Breadth
    is_only_agent: bool
    """Whether the home has no other agent."""
    coverage: Mapping[Tier, Coverage]
    """How the index differed from SQL before it was queried; empty if it is not used."""
    row_count: int = 0
    """The rows in these tiers, before any filter."""
    waiting: Collection[RowKey] = ()
    """The rows that wait to be embedded, if they are few enough for a search to embed them."""

    @property
    def uses_meaning(self) -> bool:
        """Whether to search by meaning. Emoji and other symbols alone mean nothing to an embedder."""
        return self.mode != "words" and not all(map(is_emoji, self.question.words))

    def ranks_last(self, key: RowKey) -> bool:
        """Return whether a row ranks behind all others."""
        return key[0] == "recall" and key[1] in self.rank_last
