"""/why: say in sentences which memories the last answer was given, and where they come from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from carrel.cli.slash.command import ChatContext, SlashCommand, candidates
from carrel.cli.terminal.input.reader import Candidate
from carrel.dates import format_day
from carrel.errors import NotFound, UsageError
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.memory.journal.retrievals import RecordedHit, Retrieval

SHOWN = 5
"""Memories that are listed, best first."""

EXCERPT = 60
"""Characters of a memory that are quoted."""

ALL = "all"


@dataclass(frozen=True, slots=True)
class Source:
    """The message or passage behind a hit: who said it and when."""

    who: str
    text: str
    at: datetime | None


def _explain(chat: ChatContext, argument: str) -> None:
    agent = chat.agent
    words = [word for word in argument.split() if word.lower() != ALL]
    with_misses = len(words) < len(argument.split())
    if len(words) > 1:
        raise UsageError(f"'{argument}' is more than one turn.", "Type /why, /why all, or /why and the id of a turn.")
    log = agent.memory.request_log
    turn = log.find(words[0]).turn if words else log.last_turn(chat.session.id)
    own = {message.id for message in agent.recall.of_turn(turn)}
    lines = explain(chat, agent.memory.retrievals.of_turn(turn), own, with_misses)
    for line in lines or ["Memory was not used for this answer: nothing was looked up, or nothing was found."]:
        chat.screen.print(line, indent=4)


def explain(chat: ChatContext, retrievals: "Sequence[Retrieval]", own: Collection[str], with_misses: bool) -> list[str]:
    """Return lines that say what each search of a turn found, and with `with_misses` what was not used.

    `own` are the ids of the turn's own messages, which a call of the model may find and which explain nothing.
    """
    from carrel.memory.inspection.why import search_words

    lines: list[str] = []
    for retrieval in retrievals:
        hits = [hit for hit in retrieval.hits if hit.ref not in own]
        if not hits:
            continue
        used = [hit for hit in hits if hit.shown]
        number, missed = len(hits), len(hits) - len(used)
        found = f"{number} {'memory' if number == 1 else 'memories'} found, {len(used)} used"
        more = "; /why all lists the others" if missed and not with_misses else ""
        lines.append(f"{_describe_search(retrieval)}: {found}{more}.")
        listed = hits if with_misses else used[:SHOWN]
        lines += [_describe_hit(chat, place, hit, search_words(retrieval)) for place, hit in enumerate(listed, 1)]
    return lines


def _describe_search(retrieval: "Retrieval") -> str:
    from carrel.memory.inspection.why import search_words

    if retrieval.kind == "page_in":
        return f'Looked up for your message "{one_line(retrieval.query, EXCERPT)}"'
    return f'The model searched for "{one_line(search_words(retrieval), EXCERPT)}"'


def _describe_hit(chat: ChatContext, place: int, hit: "RecordedHit", query: str) -> str:
    from carrel.words import query_terms

    star = "★" if hit.shown else " "
    outcome = "used" if hit.shown else f"not used, {hit.reason or 'no reason is known'}"
    words, meaning = (_share(hit.scores.get(name, 0.0)) for name in ("words", "meaning"))
    scores = f"(words {words}, meaning {meaning})"
    source = _source(chat, hit)
    if source is None:
        return f"{place} {star} {hit.ref}, which was forgotten since {scores}: {outcome}"
    day = f"{format_day(source.at, chat.agent.memory.now())}, " if source.at else ""
    quote = excerpt(source.text, query_terms(query), EXCERPT)
    return f'{place} {star} {day}{source.who}: "{quote}" {scores}: {outcome} · {hit.tier} {hit.ref}'


def _share(score: float) -> str:
    """Return a score from 0 to 1 with one digit: .9, 1, 0."""
    return f"{score:.1f}".removeprefix("0").removesuffix(".0") or "0"


def _source(chat: ChatContext, hit: "RecordedHit") -> Source | None:
    """Return what a hit was, or None where it was forgotten since."""
    agent = chat.agent
    try:
        if hit.tier == "recall":
            message = agent.recall.get(hit.ref)
            who = message.speaker or {"user": "you", "assistant": agent.name}.get(message.role, message.role)
            return Source(who, message.text, agent.memory.local(message.at))
        passage = agent.archival.get(hit.ref)
        who = passage.source or passage.document or "a stored fact"
        return Source(who, passage.text, agent.memory.local(passage.at))
    except NotFound:
        return None


def excerpt(text: str, terms: Sequence[str], limit: int) -> str:
    """Return about `limit` characters of a text, from where the first of the terms occurs in it."""
    from carrel.words import normalise_by_character

    whole = " ".join(text.split())
    if len(whole) <= limit:
        return whole
    normal, origins = normalise_by_character(whole)
    places = sorted(origins[normal.find(term)] for term in terms if term in normal)
    start = max(0, min(places[0] - limit // 3, len(whole) - limit)) if places else 0
    if start:
        start = whole.find(" ", start) + 1 or start
    return ("… " if start else "") + one_line(whole[start:], limit)


def _complete(chat: ChatContext, typed: str) -> list[Candidate]:
    return candidates(typed, (ALL, "also what was found and not used"))


COMMANDS = (
    SlashCommand(
        "why",
        "say which memories the last answer used, and where they come from",
        _explain,
        "[all] [TURN]",
        (),
        _complete,
    ),
)
