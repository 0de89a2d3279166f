"""Page in: at each user message the memory is asked once, before the model is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from carrel.agent.budget import Budget
from carrel.memory.retrievals import Offered
from carrel.memory.search import MAX_QUERY, TURN_PATIENCE
from carrel.memory.store import Memory
from carrel.memory.values import Hit, StoredMessage
from carrel.protocols import TokenCounter
from carrel.tools.found import hit_line
from carrel.words import query_terms

CANDIDATES = 30
"""Hits that are considered: more than fit any budget by a factor of two."""

LEAST_SCORE = 0.2
LEAST_WORDS = 0.3
LEAST_MEANING = 0.35
"""A hit below all three is noise: its score, the share of the message's words that it holds, its cosine. Greetings
would page in gossip. The score alone will not do: without an embedder a hit that holds every word scores a third.
The words are counted here, since the search weighs a word by how few hits hold it: in a young memory all of them do."""

OVER = "over the budget"

LINE_TOKENS = 2
"""What a line takes beside its text: the dash and the break."""

LINE_LETTERS = 500
"""Characters of one recalled memory that are shown; in a small window no more than one for each token that all of them
may take, so that none is too long to be shown at all."""


TEXTS = 512
"""Texts that are kept folded: most of what stands on the desk stood there before."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was recalled: the lines for the tail, and all that was offered with the reason where it was left out."""

    lines: tuple[str, ...] = ()
    offered: tuple[Offered, ...] = ()

    @property
    def hits(self) -> list[Hit]:
        """The hits that stand in the context."""
        return [item.hit for item in self.offered if item.taken]


@dataclass(frozen=True, slots=True)
class OnDesk:
    """What stands in the context: the messages' ids, what the turn was asked, and all texts in one."""

    ids: frozenset[str] = frozenset()
    text: str = ""

    @classmethod
    def of(cls, shown: Sequence[StoredMessage]) -> Self:
        """Return what a queue as it is shown puts on the desk."""
        return cls(frozenset(item.id for item in shown), "\n".join(_folded(item.text) for item in shown))

    def holds(self, hit: Hit) -> bool:
        """Return whether a hit can be read there already."""
        return hit.id in self.ids or _folded(hit.text) in self.text


def page_in(memory: Memory, message: StoredMessage, on_desk: OnDesk, budget: Budget, counter: TokenCounter) -> Page:
    """Search recall and archival for what is relevant to a message and not already on the desk."""
    text = message.text
    if not any(character.isalnum() for character in text):
        return Page()
    found = memory.search.best(message, ("recall", "archival"), CANDIDATES, TURN_PATIENCE)
    hits = [hit for hit in found if hit.source != message.id]
    return chosen(hits, frozenset(query_terms(text[:MAX_QUERY])), on_desk, budget.recalled, counter)


def chosen(hits: Sequence[Hit], terms: frozenset[str], on_desk: OnDesk, most: int, counter: TokenCounter) -> Page:
    """Take the best hits that are relevant, not on the desk, and fit into so many tokens."""
    lines: list[str] = []
    offered: list[Offered] = []
    left = most
    for hit in hits:
        reason = _unwanted(hit, terms, on_desk)
        if reason is None:
            line = hit_line(hit, min(LINE_LETTERS, most * 3 // 4))
            cost = counter.count(line) + LINE_TOKENS
            reason = OVER if cost > left else None
        if reason is None:
            lines.append(line)
            left -= cost
        offered.append(Offered(hit, reason is None, reason))
    return Page(tuple(lines), tuple(offered))


def _unwanted(hit: Hit, terms: frozenset[str], on_desk: OnDesk) -> str | None:
    """Say why a hit is left out, however much room there is; None where it is wanted."""
    if on_desk.holds(hit):
        return "already on the desk"
    if hit.score >= LEAST_SCORE or hit.scores.meaning >= LEAST_MEANING:
        return None
    held = len(terms & set(query_terms(hit.text))) / max(1, len(terms))
    return "not relevant enough" if held < LEAST_WORDS else None


@lru_cache(TEXTS)
def _folded(text: str) -> str:
    return " ".join(text.split())
