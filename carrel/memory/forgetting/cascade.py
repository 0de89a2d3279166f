"""What goes with a memory that is forgotten: quotes of it, what was made from it, and all copies of it."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.language.sentences import sentences
from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import (
    TIER_TABLES,
    AnyRow,
    contents,
    memory_events,
    sessions,
    steps,
    summaries,
    turns,
    vectors,
)
from carrel.memory.forgetting.bin_items import bin_items
from carrel.memory.forgetting.items import Item, all_items
from carrel.memory.forgetting.selection import Found, Selection
from carrel.memory.journal.scope import Scope
from carrel.memory.phrases import Needles, fold, stems, telling_sentences
from carrel.rendering.fact_lines import without_days

SPOKEN = frozenset({"assistant", "tool"})
"""Roles whose sentences are not looked for elsewhere where a whole session is forgotten, and of whose words nothing is
taken to be made: replies and results repeat what was known before."""

MIN_SHARE = 0.6
"""The share of the words of a line or passage that a turn wrote which come from a forgotten message of the turn, from
which on it is taken to be made from it."""

MAX_WORDS = 20_000
"""Distinct words of what is forgotten that are looked up; those of a book."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """What is forgotten together."""

    items: tuple[Item, ...] = ()
    """What was meant."""
    quotes: tuple[Item, ...] = ()
    """Other memories that say the same, or were made from it."""
    needles: Needles = field(default_factory=Needles)
    """What must not be left anywhere."""
    query: str = ""
    """The words that were searched for."""
    buried: frozenset[str] = frozenset()
    """The folded sentences that must not be learnt again."""
    is_from_bin: bool = False
    """Whether what was meant is in the bin: a line of core memory with the same text was written again, and stays."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many of each kind are concerned: messages, passages, vectors, summaries, requests, events."""

    @property
    def all(self) -> tuple[Item, ...]:
        """All memories that are forgotten."""
        return self.items + self.quotes

    @property
    def whole(self) -> tuple[Item, ...]:
        """Those that go as a whole, where others lose a sentence: what was found by no words, or made from it."""
        meant = () if self.query else self.items
        rest = self.all if self.query else self.quotes
        return meant + tuple(item for item in rest if not self.needles.hit(item.whole))


def trace(connection: Connection, scope: Scope, selection: Selection, found: Found) -> Cascade:
    """Return what goes with what was found. Nothing is changed."""
    is_bulk = not (selection.ids or selection.query)
    meant = {item.ref: _meant(item, found.words) for item in found.items}
    telling = {
        sentence
        for item in found.items
        if not (is_bulk and item.role in SPOKEN)
        for sentence in telling_sentences(meant[item.ref])
    }
    needles = Needles(frozenset(telling), frozenset(), (found.words,) if found.words else ())
    others = [item for item in all_items(connection, scope) if item.ref not in meant]
    said = [stems(meant[item.ref]) for item in found.items if item.tier == "recall" and item.role not in SPOKEN]
    near = {item.ref for item in others if needles.hit(item.whole) or _is_made_from(item, said)}
    cascade = Cascade(found.items, needles=needles, query=selection.query)
    hidden = [item for item in bin_items(connection, scope) if item not in found.items]
    return count(connection, scope, _with_quotes(cascade, meant, near, others, hidden))


def trace_bin(connection: Connection, scope: Scope, items: Sequence[Item]) -> Cascade:
    """Return what goes with memories of the bin that are erased. Nothing is changed.

    What was said or stored again since they were forgotten stays, with the sentences that it shares with them; only
    replies that repeat the rest go along.
    """
    meant = {item.ref: without_days(item.text) for item in items}
    telling = {sentence for text in meant.values() for sentence in telling_sentences(text)}
    live = list(all_items(connection, scope))
    for item in live:
        if item.role not in SPOKEN:
            telling -= Needles(frozenset(telling)).sentences_in(item.whole)
    needles = Needles(frozenset(telling))
    near = {item.ref for item in live if needles.hit(item.whole)}
    hidden = [item for item in bin_items(connection, scope) if item not in items]
    cascade = Cascade(tuple(items), needles=needles, is_from_bin=True)
    return count(connection, scope, _with_quotes(cascade, meant, near, live, hidden))


def _with_quotes(
    cascade: Cascade,
    meant: Mapping[str, str],
    near: Collection[str],
    others: Sequence[Item],
    hidden: Sequence[Item],
) -> Cascade:
    """Return a cascade with what quotes it, the words that nothing else says, and what must not be learnt again.

    `meant` has the text that is meant of each memory, `near` the refs of those that repeat it or were made from it.
    `hidden` are those in the bin, which can be restored: their words are not its own. Words are taken from replies and
    results only where nothing else is meant: they hold much besides.
    """
    told = [item for item in cascade.items if item.role not in SPOKEN] or cascade.items
    same_turn = {item.turn for item in told if item.turn}
    linked = {item.ref for item in others if item.ref in near or item.turn in same_turn}
    apart = [item for item in others if item.ref not in linked]
    apart += [item for item in hidden if item.turn not in same_turn and not cascade.needles.hit(item.whole)]
    words = _own_words((meant[item.ref] for item in told), apart)
    needles = replace(cascade.needles, words=words)
    quotes = tuple(item for item in others if item.ref in near or needles.hit(item.whole))
    pieces = {fold(piece) for text in meant.values() for piece in sentences(text) if needles.hit(piece)}
    return replace(cascade, quotes=quotes, needles=needles, buried=needles.sentences | pieces)


def _meant(item: Item, words: frozenset[str]) -> str:
    """Return what is meant of a memory: all of it or, where it was found by words, the sentences that hold them."""
    if not words:
        return without_days(item.text)
    held = [sentence for sentence in sentences(without_days(item.whole)) if words <= stems(sentence)]
    return "\n".join(held) or without_days(item.text)


def count(connection: Connection, scope: Scope, cascade: Cascade) -> Cascade:
    """Return a cascade with the numbers of what it concerns."""
    tiers = Counter(item.tier for item in cascade.all)
    counts = {
        "lines": tiers["core"],
        "messages": tiers["recall"],
        "passages": tiers["archival"],
        "vectors": sum(_count_vectors(connection, tier, cascade.all) for tier in TIER_TABLES),
        "summaries": len(summaries_with(connection, scope, cascade.needles)),
        "requests": _count_requests(connection, scope, cascade.needles),
        "events": _count_events(connection, scope, cascade),
    }
    return replace(cascade, counts=counts)


def summaries_with(connection: Connection, scope: Scope, needles: Needles) -> list[AnyRow]:
    """Return number and text of the summaries that contain one of the needles."""
    own = sa.select(summaries.c.n, summaries.c.text).join_from(summaries, sessions)
    rows = connection.execute(own.where(sessions.c.agent_id == scope.agent_id)).fetchall()
    return [row for row in rows if needles.hit(row.text)]


def parts_with(connection: Connection, scope: Scope, needles: Needles) -> set[str]:
    """Return the hashes of the parts of the agent's requests that contain one of the needles."""
    own = sa.select(steps.c.window).join_from(steps, turns).where(turns.c.agent_id == scope.agent_id)
    hashes = {part for window in connection.scalars(own) for part in window}
    bodies = sa.select(contents.c.hash, contents.c.body).where(contents.c.hash.in_(list_literal(sorted(hashes))))
    return {row.hash for row in connection.execute(bodies) if needles.hit_json(said_in(row.body))}


def said_in(body: str) -> list[str]:
    """Return the texts of a part of a request: what a message says, and the arguments of its calls."""
    part = json.loads(body)
    if not isinstance(part, dict) or "role" not in part:
        return []  # the tools
    calls = part.get("tool_calls") or ()
    return [part.get("content") or "", *(call["function"]["arguments"] for call in calls)]


def _is_made_from(item: Item, said: Sequence[frozenset[str]]) -> bool:
    """Return whether a line or passage consists mostly of the words of one of the messages that are forgotten."""
    if item.tier == "recall":
        return False
    own = stems(without_days(item.text))
    return len(own) > 1 and any(len(own & words) >= MIN_SHARE * len(own) for words in said)


def _own_words(texts: Iterable[str], others: Iterable[Item]) -> frozenset[str]:
    """Return the words of what is meant that nothing else says."""
    words: set[str] = set()
    for text in texts:
        words |= stems(text)
        if len(words) > MAX_WORDS:
            break
    for item in others:
        words -= stems(item.whole)
    return frozenset(words)


def _count_vectors(connection: Connection, tier: str, items: Collection[Item]) -> int:
    rows = list_literal([item.n for item in items if item.tier == tier])
    query = sa.select(sa.func.count()).where(vectors.c.tier == tier, vectors.c.row.in_(rows))
    return int(connection.execute(query).scalar_one())


def _count_requests(connection: Connection, scope: Scope, needles: Needles) -> int:
    found = parts_with(connection, scope, needles)
    own = sa.select(steps.c.window).join_from(steps, turns).where(turns.c.agent_id == scope.agent_id)
    return sum(1 for window in connection.scalars(own) if found.intersection(window)) if found else 0


def _count_events(connection: Connection, scope: Scope, cascade: Cascade) -> int:
    refs = {(item.tier, item.label or item.ref) for item in cascade.all if item.tier != "core"}
    event = memory_events.c
    own = sa.select(event.tier, event.ref, event.before, event.after).where(event.agent_id == scope.agent_id)
    rows = connection.execute(own)
    return sum(
        (row.tier, row.ref) in refs or cascade.needles.hit(f"{row.before or ''}\n{row.after or ''}") for row in rows
    )
