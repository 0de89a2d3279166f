"""Erase for good: no row of the database keeps what is forgotten, wherever it was copied to.

Every text of the agent is read, because copies are everywhere: in replies, in calls, in requests as they were sent, in
summaries, in the journal. The pages of the file and the vector index are rewritten afterwards; see `upkeep.compact`.
"""

import hashlib
import json
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_literal, upsert
from carrel.memory.db.schema import (
    TIER_TABLES,
    blocks,
    contents,
    memory_events,
    messages,
    passages,
    retrieval_hits,
    retrievals,
    sessions,
    speakers,
    steps,
    summaries,
    tool_runs,
    turns,
    undone_turns,
)
from carrel.memory.forgetting.cascade import Cascade, parts_with, summaries_with
from carrel.memory.forgetting.items import ERASED
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.indexing.row_index import index_row
from carrel.memory.journal.contents import drop_unused_parts, parts_of
from carrel.memory.journal.scope import Scope
from carrel.memory.journal.tombstones import Tombstones, bury
from carrel.memory.phrases import Needles
from carrel.memory.search.features import read_features
from carrel.memory.tiers.archival import text_hash
from carrel.memory.values import Cause, Tier
from carrel.messages import canonical

_KEEP = upsert(contents)


def erase(connection: Connection, scope: Scope, cascade: Cascade, cause: Cause) -> None:
    """Erase memories and every copy of them from the rows of the agent, and leave tombstones of their sentences."""
    needles = cascade.needles
    whole = cascade.whole
    buried = bury(connection, scope, cascade.buried)
    _erase_messages(connection, scope, {item.n for item in whole if item.tier == "recall"}, needles, buried)
    _erase_passages(connection, scope, {item.n for item in whole if item.tier == "archival"}, needles, buried)
    _erase_blocks(connection, scope, cascade)
    for row in summaries_with(connection, scope, needles):
        text = needles.cut(row.text)
        values = {"text": text, "tokens": scope.counter.count(text)}
        connection.execute(sa.update(summaries).where(summaries.c.n == row.n).values(**values))
    _erase_events(connection, scope, cascade)
    _erase_retrievals(connection, scope, cascade)
    _erase_turns(connection, scope, needles)
    _erase_names(connection, scope, needles)
    _erase_requests(connection, scope, needles)
    for item in cascade.all:
        scope.record(connection, item.tier, item.label or item.ref, "erase", cause=cause)


def remove_session(connection: Connection, scope: Scope, session: str) -> None:
    """Delete a session with its turns, messages, summaries and requests."""
    said = sa.select(messages.c.n).where(messages.c.session_id == session)
    scope.fulltext.remove(connection, "recall", said)
    withdraw_rows(connection, "recall", said)
    of_session = sa.select(turns.c.id).where(turns.c.session_id == session)
    parts = parts_of(connection, steps.c.turn_id.in_(of_session))
    about = (memory_events.c.tier.in_(("queue", "session"))) & (memory_events.c.ref == session)
    connection.execute(sa.delete(memory_events).where(memory_events.c.agent_id == scope.agent_id, about))
    connection.execute(sa.delete(sessions).where(sessions.c.id == session, sessions.c.agent_id == scope.agent_id))
    drop_unused_parts(connection, parts)


def _erase_messages(
    connection: Connection, scope: Scope, whole: Collection[int], needles: Needles, buried: Tombstones
) -> None:
    own = sa.select(messages).where(messages.c.agent_id == scope.agent_id)
    for row in connection.execute(own).fetchall():
        text = ERASED if row.n in whole else needles.cut(row.text)
        calls = _cut_calls(row.calls or [], needles, row.n in whole)
        is_gone = text == ERASED or (not text and (bool(row.text) or calls != (row.calls or [])))
        source, speaker = (None if is_gone or needles.hit(name or "") else name for name in (row.source, row.speaker))
        changed = (text, calls, source, speaker) != (row.text, row.calls or [], row.source, row.speaker)
        if changed or needles.hit_json(row.opaque):
            key = buried.replace_key(row.import_key) if row.import_key else None
            values = {"source": source, "speaker": speaker, "import_key": key, "opaque": None}
            values |= _message_values(scope, ERASED if is_gone else text, calls)
            if is_gone:
                values |= {"position": None, "forgotten_at": row.forgotten_at or scope.now()}
            connection.execute(sa.update(messages).where(messages.c.n == row.n).values(**values))
            withdraw_rows(connection, "recall", list_literal([row.n]))
            index_row(connection, scope.fulltext, "recall", row.n)


def _message_values(scope: Scope, text: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the columns of a message that follow from its text and its calls."""
    features, count = read_features(text), scope.counter.count
    return {
        "text": text,
        "calls": calls or None,
        "tokens": count(text) + (count(canonical(calls)) if calls else 0),
        "asks": features.asks,
        "first_person": features.first_person,
        "time_words": features.time_words,
    }


def _erase_passages(
    connection: Connection, scope: Scope, whole: Collection[int], needles: Needles, buried: Tombstones
) -> None:
    own = sa.select(passages).where(passages.c.agent_id == scope.agent_id)
    for row in connection.execute(own).fetchall():
        tags = [tag for tag in row.tags if not needles.hit(tag)]
        source, document = (None if needles.hit(text or "") else text for text in (row.source, row.document))
        text = "" if row.n in whole else needles.cut(row.text).strip()
        if not text:
            _delete_row(connection, scope, "archival", row.n)
        elif (text, tags, source, document) != (row.text, row.tags, row.source, row.document):
            key = buried.replace_key(row.import_key) if row.import_key else None
            values = {"text": text, "tags": tags, "source": source, "document": document, "import_key": key}
            values |= {"tokens": scope.counter.count(text), "hash": text_hash(text)}
            connection.execute(sa.update(passages).where(passages.c.n == row.n).values(**values))
            withdraw_rows(connection, "archival", list_literal([row.n]))
            index_row(connection, scope.fulltext, "archival", row.n)


def _delete_row(connection: Connection, scope: Scope, tier: Tier, n: int) -> None:
    table, this = TIER_TABLES[tier], list_literal([n])
    scope.fulltext.remove(connection, tier, this)
    withdraw_rows(connection, tier, this)
    connection.execute(sa.delete(table).where(table.c.n == n))


def _erase_blocks(connection: Connection, scope: Scope, cascade: Cascade) -> None:
    gone = cascade.items if cascade.is_from_bin else ()
    lines = {item.text for item in cascade.whole if item.tier == "core" and item not in gone}
    for row in connection.execute(sa.select(blocks).where(blocks.c.agent_id == scope.agent_id)).fetchall():
        kept = [line for line in row.value.splitlines() if line not in lines and not cascade.needles.hit(line)]
        value = cascade.needles.cut("\n".join(kept)).strip()
        if value != row.value:
            values = {"value": value, "version": row.version + 1, "updated_at": scope.now()}
            connection.execute(sa.update(blocks).where(blocks.c.id == row.id).values(**values))


def _erase_events(connection: Connection, scope: Scope, cascade: Cascade) -> None:
    """Empty the events about what is erased, and cut those that repeat it; that something happened stays known."""
    event, needles = memory_events.c, cascade.needles
    refs = {(item.tier, item.ref) for item in cascade.whole if item.tier != "core"}
    empty = {"before": None, "after": None, "columns_before": None, "columns_after": None}
    for row in connection.execute(sa.select(memory_events).where(event.agent_id == scope.agent_id)).fetchall():
        texts = [row.before or "", row.after or "", row.columns_before, row.columns_after]
        if (row.tier, row.ref) in refs:
            connection.execute(sa.update(memory_events).where(event.n == row.n).values(**empty))
        elif needles.hit_json(texts):
            values = {name: _cut(getattr(row, name), needles) for name in empty}
            connection.execute(sa.update(memory_events).where(event.n == row.n).values(**values))
        if row.reason and needles.hit(row.reason):
            connection.execute(sa.update(memory_events).where(event.n == row.n).values(reason=ERASED))


def _cut(value: Any, needles: Needles) -> Any:
    """Return a text, or the values of columns, without what must not be left in them."""
    return needles.cut(value) if isinstance(value, str) else needles.cut_json(value)


def _erase_retrievals(connection: Connection, scope: Scope, cascade: Cascade) -> None:
    own = sa.select(retrievals.c.n, retrievals.c.query).where(retrievals.c.agent_id == scope.agent_id)
    rows = connection.execute(own).fetchall()
    refs = list_literal(sorted({item.ref for item in cascade.all}))
    mine = retrieval_hits.c.retrieval_n.in_(list_literal([row.n for row in rows]))
    connection.execute(sa.delete(retrieval_hits).where(mine, retrieval_hits.c.ref.in_(refs)))
    for row in rows:
        if cascade.needles.hit(row.query):
            connection.execute(sa.update(retrievals).where(retrievals.c.n == row.n).values(query=ERASED))


def _erase_turns(connection: Connection, scope: Scope, needles: Needles) -> None:
    """Erase errors and the arguments of calls; turns that were undone with it in them cannot be redone any more."""
    own = turns.c.agent_id == scope.agent_id
    for turn in connection.execute(sa.select(turns.c.id, turns.c.error).where(own)).fetchall():
        if turn.error and needles.hit(turn.error):
            connection.execute(sa.update(turns).where(turns.c.id == turn.id).values(error=ERASED))
    runs = sa.select(tool_runs).join_from(tool_runs, turns).where(own)
    for run in connection.execute(runs).fetchall():
        arguments = _cut_arguments(run.arguments, needles)
        if arguments != run.arguments:
            this = (tool_runs.c.turn_id == run.turn_id) & (tool_runs.c.step == run.step)
            this &= tool_runs.c.position == run.position
            connection.execute(sa.update(tool_runs).where(this).values(arguments=arguments))
    undone = sa.select(undone_turns.c.n, undone_turns.c.rows).where(undone_turns.c.agent_id == scope.agent_id)
    for kept in connection.execute(undone).fetchall():
        if needles.hit_json(kept.rows):
            connection.execute(sa.delete(undone_turns).where(undone_turns.c.n == kept.n))


def _erase_names(connection: Connection, scope: Scope, needles: Needles) -> None:
    """Erase names of sessions and speakers, and let the heads of sessions that show it be written anew."""
    for row in connection.execute(sa.select(sessions).where(sessions.c.agent_id == scope.agent_id)).fetchall():
        name = None if needles.hit(row.name or "") else row.name
        head = "" if needles.hit(row.head or "") else row.head
        if (name, head) != (row.name, row.head):
            connection.execute(sa.update(sessions).where(sessions.c.n == row.n).values(name=name, head=head))
    own = speakers.c.agent_id == scope.agent_id
    left = sa.select(messages.c.speaker).where(messages.c.agent_id == scope.agent_id, messages.c.speaker.is_not(None))
    connection.execute(sa.delete(speakers).where(own, speakers.c.name.not_in(left)))


def _erase_requests(connection: Connection, scope: Scope, needles: Needles) -> None:
    """Cut the parts of requests; a part is named by its hash, so it gets a new name, and other agents keep theirs."""
    hashes = parts_with(connection, scope, needles)
    if not hashes:
        return
    renamed: dict[str, str] = {}
    bodies = sa.select(contents).where(contents.c.hash.in_(list_literal(sorted(hashes))))
    for row in connection.execute(bodies).fetchall():
        body = _cut_part(row.body, needles)
        renamed[row.hash] = hashlib.sha256(body.encode()).hexdigest()[:32]
        connection.execute(_KEEP, {"hash": renamed[row.hash], "body": body})
    own = sa.select(steps.c.turn_id, steps.c.number, steps.c.window).join_from(steps, turns)
    for step in connection.execute(own.where(turns.c.agent_id == scope.agent_id)).fetchall():
        window = [renamed.get(part, part) for part in step.window]
        if window != step.window:
            this = (steps.c.turn_id == step.turn_id) & (steps.c.number == step.number)
            connection.execute(sa.update(steps).where(this).values(window=window))
    drop_unused_parts(connection, renamed.keys() - set(renamed.values()))


def _cut_part(body: str, needles: Needles) -> str:
    """Return a part of a request, a message as JSON, without what must not be left in it."""
    part = json.loads(body)
    part["content"] = needles.cut(part.get("content") or "")
    if part.get("tool_calls"):
        part["tool_calls"] = _cut_calls(part["tool_calls"], needles, whole=False)
    return canonical(part)


def _cut_calls(calls: list[dict[str, Any]], needles: Needles, whole: bool) -> list[dict[str, Any]]:
    """Return calls without what must not be left in their arguments, or without all of these."""
    return [
        {**call, "function": {**call["function"], "arguments": _cut_arguments(call["function"]["arguments"], needles)}}
        if not whole
        else {**call, "function": {**call["function"], "arguments": "{}"}}
        for call in calls
    ]


def _cut_arguments(text: str, needles: Needles) -> str:
    """Return the arguments of a call without what must not be left in them."""
    if not needles.hit_json(text):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "{}"
    return json.dumps(needles.cut_json(value), ensure_ascii=False)
