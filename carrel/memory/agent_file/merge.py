"""Merge the facts of an agent's file into an agent that exists: what core memory and archival lack."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from carrel.errors import BlockFull, MemoryRefused, UsageError
from carrel.memory.agent_file.kinds import Record
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.store import Memory
from carrel.memory.tiers.archival import text_hash
from carrel.memory.values import Cause

_CAUSE = Cause("import")


@dataclass(frozen=True, slots=True)
class NewFact:
    """A passage that the agent lacks."""

    text: str
    tags: tuple[str, ...]
    at: datetime
    source: str | None


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would add."""

    facts: tuple[NewFact, ...]
    lines: tuple[tuple[str, str], ...]
    """The label of a block and the line that it lacks."""
    known: int
    """How many passages and lines the agent has already."""
    unknown_blocks: tuple[str, ...]
    """The labels of blocks with text for which the agent has no block; they are left out."""


def plan_merge(memory: Memory, file: AgentFile) -> MergePlan:
    """Check a file and return what the agent lacks of it. Raise BadFile if anything in the file is wrong."""
    summary = file.check()
    records = list(_facts(file.records({}, summary.sha256)))
    held = {block.label: block.value.splitlines() for block in memory.core.all()}
    wanted = [(record["label"], line) for record in records if record["kind"] == "block" for line in _lines(record)]
    lines = [(label, line) for label, line in dict.fromkeys(wanted) if label in held and line not in held[label]]
    passages = {text_hash(record["text"]): record for record in records if record["kind"] == "passage"}
    here = passages.keys() & memory.archival.hashes()
    facts = [_fact(record) for key, record in passages.items() if key not in here]
    away = dict.fromkeys(label for label, _ in wanted if label not in held)
    known = len(here) + sum(line in held.get(label, ()) for label, line in dict.fromkeys(wanted))
    return MergePlan(tuple(facts), tuple(lines), known, tuple(away))


def merge(memory: Memory, plan: MergePlan) -> int:
    """Add what the agent lacks, all or nothing; return how many texts were refused, because they were forgotten.

    Raises:
        UsageError: a block would be longer than its limit; nothing has changed.
    """
    refused = 0
    with memory.transaction() as inside:
        for label, line in plan.lines:
            try:
                inside.core.append(label, line, _CAUSE)
            except BlockFull as error:
                raise UsageError(error.message, "Nothing was imported. Make room in the block first.") from None
            except MemoryRefused:
                refused += 1
        for fact in plan.facts:
            try:
                inside.archival.insert(fact.text, fact.tags, fact.at, fact.source, cause=_CAUSE)
            except MemoryRefused:
                refused += 1
    return refused


def _facts(records: Iterable[Record]) -> Iterable[Record]:
    return (
        record
        for record in records
        if record["kind"] == "block" or (record["kind"] == "passage" and record.get("state", "live") == "live")
    )


def _lines(record: Record) -> list[str]:
    return [line for line in record["value"].splitlines() if line.strip()]


def _fact(record: Record) -> NewFact:
    at = datetime.fromisoformat(record["at"])
    return NewFact(record["text"], tuple(record["tags"]), at, record.get("source"))
