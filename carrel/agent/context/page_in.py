"""Page in: at each user message the memory is asked once, before the model is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from carrel.agent.window.budget import Budget
from carrel.memory.journal.retrievals import Offered
from carrel.memory.search.search import MAX_QUERY, TURN_TIMEOUT_S, Prefetch
from carrel.memory.store import Memory
from carrel.memory.values import Hit, StoredMessage, Tier
from carrel.protocols import TokenCounter
from carrel.tools.memgpt import SEND, message_of
from carrel.tools.memory.results import hit_line
from carrel.words import query_terms

TIERS: tuple[Tier, ...] = ("recall", "archival")

CANDIDATES = 30
"""Hits that are considered: more than fit any budget by a factor of two."""

LEAST_SCORE = 0.2
LEAST_WORDS = 0.3
LEAST_MEANING = 0.35
"""A hit below all three is noise: its score, the share of the message's words that it holds, its cosine. Greetings
would page in gossip. The score alone will not do: without an embedder a hit that holds every word scores a third.
The words are counted here, since the search weighs a word by how few hits hold it: in a young memory all of them do."""

OVER = "over the budget"

WEIGHED = 200
"""Places in a long text at which a word of the message stands that are looked at."""

CUT = "…"
"""Stands where a long text goes on."""

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
    terms: frozenset[str] = frozenset()
    """The words of the message."""
    most: int = 0
    """The tokens for which it was chosen."""

    @property
    def hits(self) -> list[Hit]:
        """The hits that stand in the context."""
        return [item.hit for item in self.offered if item.taken]

    def again(self, on_desk: "OnDesk", most: int, counter: TokenCounter) -> "Page":
        """Choose anew among what was found: a flush has cleared the desk, or the window has changed."""
        return chosen([item.hit for item in self.offered], self.terms, on_desk, most, counter)


@dataclass(frozen=True, slots=True)
class OnDesk:
    """What can be read in the context: the ids of the messages that stand there as a whole, and all texts in one."""

    ids: frozenset[str] = frozenset()
    text: str = ""
    facts: str = ""
    """Core memory and the summary: they say what archival says, but not, as recall does, who said it and when."""

    @classmethod
    def of(cls, queue: Sequence[StoredMessage], shown: Sequence[StoredMessage], facts: Sequence[str] = ()) -> Self:
        """Return what a queue as it is shown, and the facts above it, put on the desk."""
        whole = {message.id: message.text for message in queue}
        ids = frozenset(item.id for item in shown if whole[item.id] == item.text)
        sent = (message_of(call.arguments) for item in shown for call in item.calls if call.name == SEND)
        texts = [*(item.text for item in shown), *sent]
        return cls(ids, "\n".join(map(_folded, texts)), "\n".join(map(_folded, facts)))

    def holds(self, hit: Hit) -> bool:
        """Return whether a hit can be read there already."""
        text = _folded(hit.text)
        return hit.id in self.ids or text in self.text or (hit.tier == "archival" and text in self.facts)


def prefetch(memory: Memory, text: str) -> Prefetch | None:
    """Start to search for a message that is about to be stored; None where the search begins afterwards."""
    return memory.search.prefetch(text, TIERS) if _says_something(text) else None


def page_in(
    memory: Memory,
    message: StoredMessage,
    on_desk: OnDesk,
    budget: Budget,
    counter: TokenCounter,
    prefetched: Prefetch | None = None,
) -> Page:
    """Search recall and archival for what is relevant to a message and not already on the desk."""
    text = message.text
    if not _says_something(text):
        return Page()
    found = memory.search.find_relevant(message, TIERS, limit=CANDIDATES, timeout_s=TURN_TIMEOUT_S, prefetch=prefetched)
    hits = [hit for hit in found if hit.source != message.id]
    return chosen(hits, frozenset(query_terms(text[:MAX_QUERY])), on_desk, budget.recalled, counter)


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)


def chosen(hits: Sequence[Hit], terms: frozenset[str], on_desk: OnDesk, most: int, counter: TokenCounter) -> Page:
    """Take the best hits that are relevant, not on the desk, and fit into so many tokens."""
    lines: list[str] = []
    offered: list[Offered] = []
    left = most
    for hit in hits:
        reason = _unwanted(hit, terms, on_desk)
        if reason is None:
            line = _line(hit, terms, min(LINE_LETTERS, most * 3 // 4))
            cost = counter.count(line) + LINE_TOKENS
            reason = OVER if cost > left else None
        if reason is None:
            lines.append(line)
            left -= cost
        offered.append(Offered(hit, reason is None, reason))
    return Page(tuple(lines), tuple(offered), terms, most)


def _unwanted(hit: Hit, terms: frozenset[str], on_desk: OnDesk) -> str | None:
    """Say why a hit is left out, however much room there is; None where it is wanted."""
    if on_desk.holds(hit):
        return "already on the desk"
    if hit.score >= LEAST_SCORE or hit.scores.meaning >= LEAST_MEANING:
        return None
    held = len(terms & set(query_terms(hit.text))) / max(1, len(terms))
    return "not relevant enough" if held < LEAST_WORDS else None


def _line(hit: Hit, terms: frozenset[str], most: int) -> str:
    """Return a hit as a line; of a long text that part which holds the most of the words."""
    text = _folded(hit.text)
    if len(text) <= most:
        return hit_line(hit, most)
    lowered = text.lower()
    found = sorted((match.start(), term) for term in terms for match in re.finditer(re.escape(term), lowered))[:WEIGHED]
    room = most - 2 * len(CUT)
    near = [(len({term for at, term in found if start <= at < start + room // 2}), -start) for start, _ in found]
    start = max(0, min(-max(near)[1] - room // 4, len(text) - room)) if near else 0
    before, after = CUT if start else "", CUT if start + room < len(text) else ""
    return hit_line(replace(hit, text=f"{before}{text[start : start + room]}{after}"), most)


@lru_cache(TEXTS)
def _folded(text: str) -> str:
    return " ".join(text.split())
