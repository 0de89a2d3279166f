"""Keep the facts that users told of themselves in messages of the past, dated by when each was said."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from carrel.agent.capture.capture import BLOCK, TAG, remove_note, writable_block
from carrel.agent.capture.rules import Note, capture, change_by, is_known, note_sentences, own_facts
from carrel.errors import MemoryRefused
from carrel.memory.phrases import Needles, telling_sentences
from carrel.memory.store import Memory
from carrel.memory.values import Cause, StoredMessage

MAX_HITS = 8
"""Passages found for a statement that it may repeat or make untrue."""

MAX_LATEST = 50
"""The newest passages, which are looked at whatever their words are."""

CAUSE = Cause("system", reason="consolidation")
"""It names no turn, so that what was forgotten for good is refused; the source of a passage names the message."""


@dataclass(frozen=True, slots=True)
class DatedNote:
    """Something that is remembered of the user, and since when."""

    note: Note
    at: datetime | None = None
    """None where it was there from the beginning."""
    pinned: bool = False


class PastCapture:
    """Keeps what messages of the past tell, within the caller's transaction on `memory`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        forgotten = memory.forgetting.in_bin()
        self._bin = Needles(frozenset(said for item in forgotten for said in telling_sentences(item.text)))

    def run(self, message: StoredMessage) -> list[str]:
        """Take in what a message tells, and return the names of the tools that would have made each change.

        Nothing is taken from others than the user: from replies, or from whoever is named in an import. What memory
        holds of a later time stays.

        Raises:
            StoreFailed, Busy: memory cannot be written.
        """
        if message.role != "user" or message.speaker is not None:
            return []
        changes = [name for line in own_facts(message.text) for name in self._take(line, message)]
        return [*self._forget(message), *changes]

    def _take(self, line: str, message: StoredMessage) -> Sequence[str]:
        notes = self._notes(line)
        if self._bin.hit(line) or self._was_held(line, message.at) or is_known(line, [item.note for item in notes]):
            return ()
        changes = {item: change_by(line, item.note) for item in notes}
        outdated = [item for item in notes if changes[item] == "replaces"]
        stays = any(item.pinned or (item.at is not None and item.at > message.at) for item in outdated)
        if stays or "repeats" in changes.values():
            return ()
        with suppress(MemoryRefused):
            return list(self._store(line, message, [item.note for item in outdated]))
        return ()

    def _store(self, line: str, message: StoredMessage, outdated: Sequence[Note]) -> Iterator[str]:
        """Store a statement as a passage that supersedes those which it makes untrue."""
        archival = self._memory.archival
        passages = [note.passage for note in outdated if note.passage]
        for passage in passages:
            archival.update(passage, line, CAUSE, at=message.at, source=message.id, session=message.session)
            yield "archival_update"
        if not passages:
            archival.insert(line, [TAG], message.at, message.id, message.session, CAUSE)
            yield "archival_insert"
        for note in outdated:
            if not note.passage:
                remove_note(self._memory, note, CAUSE)
                yield "core_memory_replace"

    def _forget(self, message: StoredMessage) -> Iterator[str]:
        """Delete what the user told before in the same session and asks to forget."""
        told = [passage for passage in self._memory.archival.latest(MAX_LATEST) if passage.session == message.session]
        notes = [Note(item.text, item.id) for item in told if TAG in item.tags and item.at <= message.at]
        for note in capture(message.text, notes).forgotten if notes else ():
            remove_note(self._memory, note, CAUSE)
            yield "archival_delete"

    def _notes(self, line: str) -> list[DatedNote]:
        """Return what is remembered of the user that a statement may repeat or make untrue."""
        archival = self._memory.archival
        hits = archival.search(line, limit=MAX_HITS, mode="words").hits
        found = {hit.id: archival.get(hit.id) for hit in hits if hit.state == "live"}
        found |= {passage.id: passage for passage in archival.latest(MAX_LATEST)}
        told = [passage for passage in found.values() if passage.document is None]
        passages = [DatedNote(Note(item.text, item.id), item.at, item.pinned) for item in told]
        return [*self._core_notes(), *passages]

    def _core_notes(self) -> Iterator[DatedNote]:
        if BLOCK not in {block.label for block in self._memory.core.all()}:
            return
        pinned = writable_block(self._memory) is None
        for line in self._memory.blame(BLOCK):
            for note in note_sentences(line.text):
                yield DatedNote(note, line.event.at if line.event else None, pinned)

    def _was_held(self, line: str, since: datetime) -> bool:
        """Return whether core memory has held a statement since it was made, so that its removal was meant."""
        events = self._memory.history("core", BLOCK)
        folded = line.casefold()
        return any(folded in f"{event.before}\n{event.after}".casefold() for event in events if event.at >= since)
