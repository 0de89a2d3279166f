"""Check expectations against what is known at a point of a story; each kind says what was expected and what is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from carrel.messages import canonical
from carrel.scenario.files.expectations import (
    CallMatch,
    ChangesMatch,
    ContentMatch,
    ContextMatch,
    Expectation,
    RetrievedMatch,
    Storage,
    UsageMatch,
)
from carrel.scenario.files.matches import NumberMatch, TextMatch
from carrel.scenario.record.state import Record, State
from carrel.text import one_line

Outcome = Literal["passed", "failed", "skipped"]
SHOWN = 6
"""Entries of what is there that a failure shows."""
WIDTH = 200
"""Characters of one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one condition came to."""

    kind: str
    outcome: Outcome
    expected: str
    actual: str


Check = Callable[[Any, State], Iterator[Finding]]


def findings(expectation: Expectation, state: State) -> Iterator[Finding]:
    """Yield what each kind of an expectation came to; latency and judge are not known here."""
    for kind, check in CHECKS.items():
        if kind in expectation.model_fields_set and (wanted := getattr(expectation, kind)) is not None:
            yield from check(wanted, state)


def _finding(kind: str, holds: bool, expected: str, actual: str) -> Finding:
    return Finding(kind, "passed" if holds else "failed", expected, actual)


def _text(kind: str, match: TextMatch, text: str) -> Finding:
    wrong = match.failed(text)
    return _finding(kind, not wrong, " and ".join(wrong) or match.words, quoted(text))


def _reply(match: TextMatch, state: State) -> Iterator[Finding]:
    yield _text("reply", match, state.turn.get("reply", ""))


def _summary(match: TextMatch, state: State) -> Iterator[Finding]:
    yield _text("summary", match, state.summary)


def _error(match: TextMatch, state: State) -> Iterator[Finding]:
    error = state.turn.get("error")
    if error is None:
        yield Finding("error", "failed", f"the turn fails and its message {match.words}", "the turn did not fail")
    else:
        yield _text("error", match, error["message"])


def _core(wanted: dict[str, TextMatch], state: State) -> Iterator[Finding]:
    for label, match in wanted.items():
        if label in state.core:
            yield _text(f"core.{label}", match, state.core[label])
        else:
            there = ", ".join(sorted(state.core))
            yield Finding(f"core.{label}", "failed", f"a block '{label}'", f"there is: {there}")


def _called(match: CallMatch, state: State) -> Iterator[Finding]:
    calls = state.turn.get("calls", [])
    fitting = [call for call in calls if _fits(match, call)]
    times = match.times or NumberMatch(ge=1)
    expected = f"a call of {_call_words(match)}" + (f", {times.words} times" if match.times else "")
    yield _finding("tool_called", times.holds(len(fitting)), expected, _listed(map(call_text, calls), "no calls"))


def _not_called(match: CallMatch, state: State) -> Iterator[Finding]:
    calls = state.turn.get("calls", [])
    fitting = [call for call in calls if _fits(match, call)]
    yield _finding("tool_not_called", not fitting, f"no call of {_call_words(match)}", _listed(map(call_text, calls)))


def _fits(match: CallMatch, call: Record) -> bool:
    arguments = call["arguments"] if isinstance(call["arguments"], dict) else {}
    return (
        call["name"] == match.name
        and all(name in arguments and part.holds(_as_text(arguments[name])) for name, part in match.arguments.items())
        and (match.result is None or match.result.holds(call["result"] or ""))
        and (match.ok is None or match.ok == call["ok"])
    )


def _call_words(match: CallMatch) -> str:
    conditions = [f"{name} {part.words}" for name, part in match.arguments.items()]
    conditions += [f"its result {match.result.words}"] if match.result else []
    conditions += ["that succeeds" if match.ok else "that fails"] if match.ok is not None else []
    return f"{match.name}({', '.join(conditions)})" if conditions else match.name


def _archival(match: ContentMatch, state: State) -> Iterator[Finding]:
    entries = [item for item in state.live if match.tag is None or match.tag.lower() in item["tags"]]
    places = {item["id"]: state.places.get(item["turn"] or "") for item in entries}
    entries = [item for item in entries if _from(match.source, item, places[item["id"]])]
    yield from _content("archival", match, [item["text"] for item in entries])


def _recall(match: ContentMatch, state: State) -> Iterator[Finding]:
    entries = [
        item
        for item in state.messages
        if (match.role is None or item["role"] == match.role)
        and _from(match.source, item, state.places.get(item["turn"] or ""))
    ]
    yield from _content("recall", match, [item["text"] for item in entries])


def _content(kind: str, match: ContentMatch, texts: Sequence[str]) -> Iterator[Finding]:
    """Check entries: each positive condition asks for an entry that meets it, each negative one that none breaks it."""
    shown = f"{len(texts)} entries: {_listed(texts[-SHOWN:])}" if texts else "no entries"
    fitting = [text for text in texts if match.holds(text)]
    if match.count is not None:
        expected = f"{match.count.words} entries of which each {match.words}"
        yield _finding(kind, match.count.holds(len(fitting)), expected, f"{len(fitting)} of {shown}")
        return
    for words, check in match.conditions():
        negative = "does not" in words
        holds = all(map(check, texts)) if negative else any(map(check, texts))
        yield _finding(kind, holds, f"{'each entry' if negative else 'an entry that'} {words}", shown)


def _changes(match: ChangesMatch, state: State) -> Iterator[Finding]:
    events = state.turn.get("memory", [])
    counts = {
        "added": sum(event["op"] in {"insert", "append"} for event in events),
        "changed": sum(event["op"] in {"replace", "rethink", "update"} for event in events),
        "removed": sum(event["op"] == "delete" for event in events),
        "total": len(events),
    }
    shown = _listed(f"{event['tier']} {event['ref']}: {event['op']}" for event in events)
    for name in type(match).model_fields:
        if (wanted := getattr(match, name)) is not None:
            actual = f"{counts[name]} ({shown})"
            yield _finding(f"memory.{name}", wanted.holds(counts[name]), wanted.words, actual)


def _retrieved(match: RetrievedMatch, state: State) -> Iterator[Finding]:
    fitting = _fitting(match, state)
    count = match.count or NumberMatch(ge=1)
    expected = f"{count.words} {_memory_words(match)}"
    yield _finding("retrieved", count.holds(len(fitting)), expected, _retrieved_text(state))


def _not_retrieved(match: RetrievedMatch, state: State) -> Iterator[Finding]:
    fitting = _fitting(match, state)
    yield _finding("not_retrieved", not fitting, f"no {_memory_words(match)}", _retrieved_text(state))


def _fitting(match: RetrievedMatch, state: State) -> list[Record]:
    hits = [{**hit, "rank": rank} for rank, hit in enumerate(state.turn.get("retrieved", ()), 1)]
    return [
        hit
        for hit in [*hits, *_core_lines(state)]
        if (match.tier in (None, hit["tier"]))
        and all(part.casefold() in hit["text"].casefold() for part in match.contains)
        and _from(match.source, hit, hit["place"])
        and (match.by in (None, hit["by"]))
        and (match.rank is None or match.rank.holds(hit["rank"]))
    ]


def _core_lines(state: State) -> Iterator[Record]:
    """Yield the lines of core memory that stood in the context, with the turn that wrote them."""
    for label, value in state.core.items():
        for line in value.splitlines():
            if line.strip() and line in state.prompt:
                place = next((where for ref, text, where in state.edits if ref == label and line in text), None)
                yield {"tier": "core", "text": line, "session": None, "source": label, "place": place} | {
                    "by": None,
                    "rank": 0,
                }


def _from(source: str | None, item: Record, place: str | None) -> bool:
    """Return whether a memory comes from a session, a turn of it, or a source."""
    if source is None:
        return True
    session = place.partition(":")[0] if place else item.get("session")
    return source in (place, session, item.get("source"))


def _memory_words(match: RetrievedMatch) -> str:
    words = f"{match.tier or ''} memory in the context".strip()
    words += "".join(f' that contains "{part}"' for part in match.contains)
    words += f" from {match.source}" if match.source else ""
    words += f" by {match.by}" if match.by else ""
    return words + (f" at rank {match.rank.words}" if match.rank else "")


def _retrieved_text(state: State) -> str:
    hits = state.turn.get("retrieved", [])
    lines = [f"{hit['tier']} ({hit['place'] or hit['source'] or hit['by']}) {hit['text']}" for hit in hits]
    lines += [f"core ({hit['place'] or hit['source']}) {hit['text']}" for hit in _core_lines(state)]
    return _listed(lines)


def _context(match: ContextMatch, state: State) -> Iterator[Finding]:
    tokens = state.tokens
    shown = ", ".join(f"{part} {count}" for part, count in tokens.items())
    values = {**tokens, "tokens": sum(tokens.values()), "evicted": state.evicted}
    for name in type(match).model_fields:
        wanted = getattr(match, name)
        if name == "text" and wanted is not None:
            yield _text("context.text", wanted, state.prompt)
        elif wanted is not None:
            value = values.get(name, 0)
            actual = f"{value}" + (f" (in tokens: {shown})" if name != "evicted" else " messages")
            yield _finding(f"context.{name}", wanted.holds(value), wanted.words, actual)


def _usage(match: UsageMatch, state: State) -> Iterator[Finding]:
    usage = state.turn.get("usage") or {}
    for name in type(match).model_fields:
        if (wanted := getattr(match, name)) is not None:
            value = usage.get(name, 0)
            yield _finding(f"usage.{name}", wanted.holds(value), wanted.words, str(value))


def _steps(match: NumberMatch, state: State) -> Iterator[Finding]:
    steps = state.turn.get("steps", 0)
    yield _finding("steps", match.holds(steps), match.words, str(steps))


def _storage(match: Storage, state: State) -> Iterator[Finding]:
    for text in (*match.absent, *match.present):
        wanted = "absent" if text in match.absent else "present"
        expected = f'"{text}" in no file' if wanted == "absent" else f'"{text}" in some file'
        files = state.storage.get(text)
        if files is None:
            yield Finding(f"storage.{wanted}", "skipped", expected, "the files were not looked through for this text")
        else:
            actual = f"it stands in {', '.join(files)}" if files else "it stands in no file"
            yield _finding(f"storage.{wanted}", bool(files) == (wanted == "present"), expected, actual)


CHECKS: dict[str, Check] = {
    "error": _error,
    "reply": _reply,
    "tool_called": _called,
    "tool_not_called": _not_called,
    "core": _core,
    "archival": _archival,
    "recall": _recall,
    "memory": _changes,
    "retrieved": _retrieved,
    "not_retrieved": _not_retrieved,
    "context": _context,
    "summary": _summary,
    "usage": _usage,
    "steps": _steps,
    "storage": _storage,
}


def call_text(call: Record) -> str:
    """Return a call as people read it."""
    arguments = call["arguments"]
    given = ", ".join(f"{name}={canonical(value)}" for name, value in arguments.items()) if arguments else ""
    return f"{call['name']}({given if isinstance(arguments, dict) else arguments})" + ("" if call["ok"] else " failed")


def quoted(text: str) -> str:
    """Return a text in quotes, on one line, cut where it is long."""
    return f'"{one_line(text, 3 * WIDTH)}"' if text.strip() else "nothing"


def _listed(items: Any, nothing: str = "nothing") -> str:
    texts = [one_line(str(item), WIDTH) for item in items]
    more = len(texts) - SHOWN
    shown = "; ".join(texts[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
    return shown or nothing


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)
