"""Page in: at each user message the memory is searched once, before the model is asked."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from carrel.agent.window.budget import Budget
from carrel.memory.journal.retrievals import RetrievedHit
from carrel.memory.search.search import MAX_QUERY, TURN_TIMEOUT_S, Prefetch
from carrel.memory.store import Memory
from carrel.memory.values import Hit, StoredMessage, Tier
from carrel.protocols import TokenCounter
from carrel.tools.memgpt import SEND, parse_sent_message
from carrel.tools.memory.results import hit_line
from carrel.words import normalise_by_character, query_terms

TIERS: tuple[Tier, ...] = ("recall", "archival")

MAX_CANDIDATES = 30
"""Hits that are considered: twice as many as fit any budget."""

MIN_SCORE = 0.2
MIN_WORDS = 0.3
MIN_MEANING = 0.35
"""A hit below all three is noise: its score, the share of the message's words that it holds, its cosine. Greetings
would page in gossip. The score alone will not do: without an embedder a hit that holds every word scores a third.
The words are counted here, because the search weighs a word by how few hits hold it: in a young memory all of them
do."""

OVER_BUDGET = "over the budget"
ALREADY_THERE = "already in main context"
NOT_RELEVANT = "not relevant enough"
REFUSED = "refused by the model server"

MAX_PLACES = 200
"""Places in a long text at which a word of the message occurs that are looked at."""

ELLIPSIS = "…"
"""Marks where a long text is left out."""

LINE_TOKENS = 2
"""What a line takes besides its text: the dash and the line break."""

MAX_CHARACTERS = 500
"""Characters of one recalled memory that are shown; in a small window at most three for every four tokens that all of
them may take, so that none is too long to be shown at all."""

MAX_FOLDED = 512
"""Texts that are kept with their white space folded: most of a main context was there before."""


@dataclass(frozen=True, slots=True)
class RecalledPage:
    """What was recalled: the lines for the tail, and all candidates with the reason why one was left out."""

    lines: tuple[str, ...] = ()
    offered: tuple[RetrievedHit, ...] = ()
    terms: frozenset[str] = frozenset()
    """The words of the message."""
    max_tokens: int = 0
    """The tokens within which it was chosen."""

    @property
    def hits(self) -> list[Hit]:
        """The hits that are in the context."""
        return [item.hit for item in self.offered if item.shown]

    def without(self, ids: Collection[str]) -> "RecalledPage":
        """Return the page without some hits, which the model server refuses."""
        shown = [item.hit.id for item in self.offered if item.shown]
        lines = tuple(line for line, hit in zip(self.lines, shown, strict=True) if hit not in ids)
        offered = tuple(
            RetrievedHit(replace(item.hit, withheld=True), False, REFUSED) if item.hit.id in ids else item
            for item in self.offered
        )
        return replace(self, lines=lines, offered=offered)

    def choose_again(self, visible: "VisibleContext", max_tokens: int, counter: TokenCounter) -> "RecalledPage":
        """Choose anew among the candidates, after a flush or a change of the window."""
        return choose([item.hit for item in self.offered], self.terms, visible, max_tokens, counter)


@dataclass(frozen=True, slots=True)
class VisibleContext:
    """What the agent can read in main context without searching."""

    ids: frozenset[str] = frozenset()
    """The messages that are there as a whole."""
    text: str = ""
    """All that was said, in one text."""
    facts: str = ""
    """Core memory and the summary: they hold what archival says, but not, as recall does, who said it and when."""

    def shows(self, hit: Hit) -> bool:
        """Return whether a hit can be read there already."""
        text = _fold(hit.text)
        return hit.id in self.ids or text in self.text or (hit.tier == "archival" and text in self.facts)


def visible_context(
    queue: Sequence[StoredMessage], shown: Sequence[StoredMessage], facts: Sequence[str] = ()
) -> VisibleContext:
    """Return what the agent can read in a queue, given as stored and as shown, and in the facts above it."""
    whole = {message.id: message.text for message in queue}
    ids = frozenset(item.id for item in shown if whole[item.id] == item.text)
    sent = (parse_sent_message(call.arguments) for item in shown for call in item.calls if call.name == SEND)
    texts = [*(item.text for item in shown), *sent]
    return VisibleContext(ids, "\n".join(map(_fold, texts)), "\n".join(map(_fold, facts)))


def prefetch(memory: Memory, text: str) -> Prefetch | None:
    """Start to search for a message that is about to be stored; None where the search begins afterwards."""
    return memory.search.prefetch(text, TIERS) if _has_words(text) else None


def page_in(
    memory: Memory,
    message: StoredMessage,
    visible: VisibleContext,
    budget: Budget,
    counter: TokenCounter,
    prefetched: Prefetch | None = None,
) -> RecalledPage:
    """Search recall and archival for what is relevant to a message and not already in main context."""
    text = message.text
    if not _has_words(text):
        return RecalledPage()
    found = memory.search.find_relevant(
        message, TIERS, limit=MAX_CANDIDATES, timeout_s=TURN_TIMEOUT_S, prefetch=prefetched
    )
    hits = [hit for hit in found if hit.source != message.id]
    return choose(hits, frozenset(query_terms(text[:MAX_QUERY])), visible, budget.recalled, counter)


def choose(
    hits: Sequence[Hit], terms: frozenset[str], visible: VisibleContext, max_tokens: int, counter: TokenCounter
) -> RecalledPage:
    """Choose the best hits that are relevant, not visible yet, and fit into so many tokens."""
    lines: list[str] = []
    offered: list[RetrievedHit] = []
    left = max_tokens
    for hit in hits:
        reason = _reason_against(hit, terms, visible)
        if reason is None:
            line = _line(hit, terms, min(MAX_CHARACTERS, max_tokens * 3 // 4))
            cost = counter.count(line) + LINE_TOKENS
            reason = OVER_BUDGET if cost > left else None
        if reason is None:
            lines.append(line)
            left -= cost
        offered.append(RetrievedHit(hit, reason is None, reason))
    return RecalledPage(tuple(lines), tuple(offered), terms, max_tokens)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _reason_against(hit: Hit, terms: frozenset[str], visible: VisibleContext) -> str | None:
    """Return why a hit is left out however much room there is; None where it is wanted."""
    if hit.withheld:
        return REFUSED
    if visible.shows(hit):
        return ALREADY_THERE
    if hit.score >= MIN_SCORE or hit.scores.meaning >= MIN_MEANING:
        return None
    share = len(terms & set(query_terms(hit.text))) / max(1, len(terms))
    return NOT_RELEVANT if share < MIN_WORDS else None


def _line(hit: Hit, terms: frozenset[str], limit: int) -> str:
    """Return a hit as a line; a text longer than `limit` is shown where it holds the most words of the message."""
    text = _fold(hit.text)
    if len(text) <= limit:
        return hit_line(hit, limit)
    normal, origins = normalise_by_character(text)
    found = ((match.start(), term) for term in terms for match in re.finditer(re.escape(term), normal))
    places = sorted((origins[start], term) for start, term in found)
    room = limit - 2 * len(ELLIPSIS)
    start = _best_start(places[:MAX_PLACES], room, len(text))
    before, after = ELLIPSIS if start else "", ELLIPSIS if start + room < len(text) else ""
    return hit_line(replace(hit, text=f"{before}{text[start : start + room]}{after}"), limit)


def _best_start(places: Sequence[tuple[int, str]], room: int, size: int) -> int:
    """Return where an excerpt of `room` characters of a text of `size` holds the most of the words at these places."""
    if not places:
        return 0
    counts = [(len({term for at, term in places if start <= at < start + room // 2}), -start) for start, _ in places]
    return max(0, min(-max(counts)[1] - room // 4, size - room))


@lru_cache(MAX_FOLDED)
def _fold(text: str) -> str:
    return " ".join(text.split())
