"""Check expectations against the state at a point of a scenario, and say what was expected and what was found."""

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
    RetrievalMatch,
    StorageMatch,
    UsageMatch,
)
from carrel.scenario.files.matches import NumberMatch, TextMatch
from carrel.scenario.grade.state import State
from carrel.scenario.grade.wording import MAX_ITEMS, format_call, join_items, quote
from carrel.scenario.record.trajectory import Record

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of checking one condition."""

    kind: str
    outcome: Outcome
    expected: str
    actual: str

    @classmethod
    def of(cls, kind: str, holds: bool, expected: str, actual: str) -> "CheckResult":
        """Return a result that is passed or failed."""
        return cls(kind, "passed" if holds else "failed", expected, actual)


Check = Callable[[Any, State], Iterator[CheckResult]]


def check_expectation(expectation: Expectation, state: State) -> Iterator[CheckResult]:
    """Yield the result of each kind of an expectation but latency and judge, which need more than the state."""
    for kind, check in CHECKS.items():
        if kind in expectation.model_fields_set and (match := getattr(expectation, kind)) is not None:
            yield from check(match, state)


def _check_text(kind: str, match: TextMatch, text: str) -> CheckResult:
    failed = match.list_failed(text)
    return CheckResult.of(kind, not failed, " and ".join(failed) or match.description, quote(text))


def _check_reply(match: TextMatch, state: State) -> Iterator[CheckResult]:
    yield _check_text("reply", match, state.turn.get("reply", ""))


def _check_summary(match: TextMatch, state: State) -> Iterator[CheckResult]:
    yield _check_text("summary", match, state.summary)


def _check_error(match: TextMatch, state: State) -> Iterator[CheckResult]:
    error = state.turn.get("error")
    if error is None:
        expected = f"the turn fails with a message that {match.description}"
        yield CheckResult("error", "failed", expected, "the turn did not fail")
    else:
        yield _check_text("error", match, error["message"])


def _check_core(matches: dict[str, TextMatch], state: State) -> Iterator[CheckResult]:
    for label, match in matches.items():
        if label in state.core:
            yield _check_text(f"core.{label}", match, state.core[label])
        else:
            actual = f"blocks: {', '.join(sorted(state.core))}"
            yield CheckResult(f"core.{label}", "failed", f"a block '{label}'", actual)


def _check_called(match: CallMatch, state: State) -> Iterator[CheckResult]:
    calls = state.turn.get("calls", [])
    matching = [call for call in calls if _call_matches(match, call)]
    times = match.times or NumberMatch(ge=1)
    expected = f"a call of {_describe_call(match)}" + (f", {times.description} times" if match.times else "")
    yield CheckResult.of(
        "tool_called", times.holds(len(matching)), expected, join_items(map(format_call, calls), "no calls")
    )


def _check_not_called(match: CallMatch, state: State) -> Iterator[CheckResult]:
    calls = state.turn.get("calls", [])
    matching = [call for call in calls if _call_matches(match, call)]
    expected = f"no call of {_describe_call(match)}"
    yield CheckResult.of("tool_not_called", not matching, expected, join_items(map(format_call, calls)))


def _call_matches(match: CallMatch, call: Record) -> bool:
    arguments = call["arguments"] if isinstance(call["arguments"], dict) else {}
    return (
        call["name"] == match.name
        and all(name in arguments and part.holds(_as_text(arguments[name])) for name, part in match.arguments.items())
        and (match.result is None or match.result.holds(call["result"] or ""))
        and (match.ok is None or match.ok == call["ok"])
    )


def _describe_call(match: CallMatch) -> str:
    conditions = [f"{name} {part.description}" for name, part in match.arguments.items()]
    conditions += [f"its result {match.result.description}"] if match.result else []
    conditions += ["that succeeds" if match.ok else "that fails"] if match.ok is not None else []
    return f"{match.name}({', '.join(conditions)})" if conditions else match.name


def _check_archival(match: ContentMatch, state: State) -> Iterator[CheckResult]:
    entries = [
        item
        for item in state.live_passages
        if (match.tag is None or match.tag.lower() in item["tags"])
        and _comes_from(match.source, item, state.places.get(item["turn"] or ""))
    ]
    yield from _check_entries("archival", match, [item["text"] for item in entries])


def _check_recall(match: ContentMatch, state: State) -> Iterator[CheckResult]:
    entries = [
        item
        for item in state.messages
        if (match.role is None or item["role"] == match.role)
        and _comes_from(match.source, item, state.places.get(item["turn"] or ""))
    ]
    yield from _check_entries("recall", match, [item["text"] for item in entries])


def _check_entries(kind: str, match: ContentMatch, texts: Sequence[str]) -> Iterator[CheckResult]:
    """Check the entries of a tier: some entry must meet a positive condition, every entry a negative one."""
    shown = f"{len(texts)} entries: {join_items(texts[-MAX_ITEMS:])}" if texts else "no entries"
    if match.count is not None:
        matching = [text for text in texts if match.holds(text)]
        expected = f"{match.count.description} entries of which each {match.description}"
        yield CheckResult.of(kind, match.count.holds(len(matching)), expected, f"{len(matching)} of {shown}")
        return
    for condition in match.conditions():
        holds = all(map(condition.holds, texts)) if condition.negative else any(map(condition.holds, texts))
        subject = "each entry" if condition.negative else "an entry that"
        yield CheckResult.of(kind, holds, f"{subject} {condition.description}", shown)


def _check_changes(match: ChangesMatch, state: State) -> Iterator[CheckResult]:
    events = state.turn.get("memory", [])
    counts = {
        "added": sum(event["op"] in {"insert", "append"} for event in events),
        "changed": sum(event["op"] in {"replace", "rethink", "update"} for event in events),
        "removed": sum(event["op"] == "delete" for event in events),
        "total": len(events),
    }
    shown = join_items(f"{event['tier']} {event['ref']}: {event['op']}" for event in events)
    for name in type(match).model_fields:
        if (wanted := getattr(match, name)) is not None:
            actual = f"{counts[name]} ({shown})"
            yield CheckResult.of(f"memory.{name}", wanted.holds(counts[name]), wanted.description, actual)


def _check_retrieved(match: RetrievalMatch, state: State) -> Iterator[CheckResult]:
    matching = _matching_memories(match, state)
    count = match.count or NumberMatch(ge=1)
    expected = f"{count.description} {_describe_memory(match)}"
    yield CheckResult.of("retrieved", count.holds(len(matching)), expected, _list_memories(state))


def _check_not_retrieved(match: RetrievalMatch, state: State) -> Iterator[CheckResult]:
    matching = _matching_memories(match, state)
    yield CheckResult.of("not_retrieved", not matching, f"no {_describe_memory(match)}", _list_memories(state))


def _matching_memories(match: RetrievalMatch, state: State) -> list[Record]:
    hits = [{**hit, "rank": rank} for rank, hit in enumerate(state.turn.get("retrieved", ()), 1)]
    return [
        hit
        for hit in [*hits, *_core_lines(state)]
        if (match.tier in (None, hit["tier"]))
        and all(part.casefold() in hit["text"].casefold() for part in match.contains)
        and _comes_from(match.source, hit, hit["place"])
        and (match.by in (None, hit["by"]))
        and (match.rank is None or match.rank.holds(hit["rank"]))
    ]


def _core_lines(state: State) -> Iterator[Record]:
    """Yield the lines of core memory in the main context, each with the turn that wrote it."""
    for label, value in state.core.items():
        for line in value.splitlines():
            if line.strip() and line in state.prompt:
                edits = state.core_edits
                place = next((place for block, text, place in edits if block == label and line in text), None)
                hit = {"tier": "core", "text": line, "session": None, "source": label, "place": place}
                yield {**hit, "by": None, "rank": 0}


def _comes_from(source: str | None, item: Record, place: str | None) -> bool:
    """Return whether a memory comes from a session, a turn or an imported source; None means any."""
    if source is None:
        return True
    session = place.partition(":")[0] if place else item.get("session")
    return source in (place, session, item.get("source"))


def _describe_memory(match: RetrievalMatch) -> str:
    description = f"{match.tier or ''} memory in the context".strip()
    description += "".join(f' that contains "{part}"' for part in match.contains)
    description += f" from {match.source}" if match.source else ""
    description += f" by {match.by}" if match.by else ""
    return description + (f" at rank {match.rank.description}" if match.rank else "")


def _list_memories(state: State) -> str:
    hits = state.turn.get("retrieved", [])
    lines = [f"{hit['tier']} ({hit['place'] or hit['source'] or hit['by']}) {hit['text']}" for hit in hits]
    lines += [f"core ({hit['place'] or hit['source']}) {hit['text']}" for hit in _core_lines(state)]
    return join_items(lines)


def _check_context(match: ContextMatch, state: State) -> Iterator[CheckResult]:
    tokens = state.tokens
    shown = ", ".join(f"{part} {count}" for part, count in tokens.items())
    values = {**tokens, "tokens": sum(tokens.values()), "evicted": state.evicted}
    for name in type(match).model_fields:
        wanted = getattr(match, name)
        if name == "text" and wanted is not None:
            yield _check_text("context.text", wanted, state.prompt)
        elif wanted is not None:
            value = values.get(name, 0)
            actual = f"{value}" + (f" (in tokens: {shown})" if name != "evicted" else " messages")
            yield CheckResult.of(f"context.{name}", wanted.holds(value), wanted.description, actual)


def _check_usage(match: UsageMatch, state: State) -> Iterator[CheckResult]:
    usage = state.turn.get("usage") or {}
    for name in type(match).model_fields:
        if (wanted := getattr(match, name)) is not None:
            value = usage.get(name, 0)
            yield CheckResult.of(f"usage.{name}", wanted.holds(value), wanted.description, str(value))


def _check_steps(match: NumberMatch, state: State) -> Iterator[CheckResult]:
    steps = state.turn.get("steps", 0)
    yield CheckResult.of("steps", match.holds(steps), match.description, str(steps))


def _check_storage(match: StorageMatch, state: State) -> Iterator[CheckResult]:
    for text in (*match.absent, *match.present):
        wanted = "absent" if text in match.absent else "present"
        expected = f'"{text}" in no file' if wanted == "absent" else f'"{text}" in some file'
        files = state.storage.get(text)
        if files is None:
            yield CheckResult(f"storage.{wanted}", "skipped", expected, "the files were not searched for this text")
        else:
            actual = f"it is in {', '.join(files)}" if files else "it is in no file"
            yield CheckResult.of(f"storage.{wanted}", bool(files) == (wanted == "present"), expected, actual)


CHECKS: dict[str, Check] = {
    "error": _check_error,
    "reply": _check_reply,
    "tool_called": _check_called,
    "tool_not_called": _check_not_called,
    "core": _check_core,
    "archival": _check_archival,
    "recall": _check_recall,
    "memory": _check_changes,
    "retrieved": _check_retrieved,
    "not_retrieved": _check_not_retrieved,
    "context": _check_context,
    "summary": _check_summary,
    "usage": _check_usage,
    "steps": _check_steps,
    "storage": _check_storage,
}
"""The check of each kind of expectation, by its key."""


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)
