"""Write into memory what a message tells of its speaker, once the turn has ended: as events of the turn like others."""

import re
from contextlib import suppress

from carrel.agent.capture.extraction import extract_facts
from carrel.agent.capture.rules import MAX_MESSAGE, Captured, Note, capture, note_sentences
from carrel.errors import DoesNotFit, MemoryRefused, NotFound, OperatorError
from carrel.language.languages import known_language
from carrel.memory.search.search import TURN_TIMEOUT_S
from carrel.memory.store import Memory
from carrel.memory.values import Block, Cause, StoredMessage
from carrel.messages import Usage
from carrel.protocols import ChatModel

BLOCK = "human"
TAG = "user"
REASON = "the user said so"
FORGET_REASON = "the user asked to forget it"
MAX_PASSAGES = 8
"""Passages that may be made untrue or be forgotten."""

MIN_WORDS = 3
_WORDS = re.compile(r"[^\W\d_a-zA-Z]{2}|[^\W\d_]{2,}")
"""Words, and pairs of letters in scripts that do not set words apart."""
_QUESTIONS = ("?", "？", "؟")


class Capture:
    """Keeps what users say of themselves. With a `model`, messages in languages without rules are read by it."""

    def __init__(self, memory: Memory, model: ChatModel | None) -> None:
        self._memory = memory
        self._model = model

    def run(self, message: StoredMessage) -> Usage:
        """Take in what a message tells, and return the tokens that this took.

        Raises:
            StoreFailed, Busy: memory cannot be written.
        """
        if len(message.text) > MAX_MESSAGE:
            return Usage()
        captured, usage = capture(message.text, self._notes(message)), Usage()
        if self._model is not None and _needs_model(message.text):
            captured, usage = self._extract(self._model, message.text)
        self._write(captured, message)
        return usage

    def _notes(self, message: StoredMessage) -> list[Note]:
        """Return what is remembered of the user that the message may be about."""
        found = self._memory.archival.search(message.text, limit=MAX_PASSAGES, timeout_s=TURN_TIMEOUT_S)
        passages = [Note(hit.text, hit.id) for hit in found.hits if hit.state != "superseded"]
        block = writable_block(self._memory)
        return [*(note_sentences(block.value) if block else []), *passages]

    def _extract(self, model: ChatModel, text: str) -> tuple[Captured, Usage]:
        """Ask the model; what it cannot tell is lost, and no reason for the turn to fail."""
        try:
            facts, usage = extract_facts(model, text)
        except (OperatorError, DoesNotFit):
            return Captured(), Usage()
        return Captured(tuple(facts)), usage

    def _write(self, captured: Captured, message: StoredMessage) -> None:
        forget = Cause("system", message.turn, reason=FORGET_REASON)
        cause = Cause("system", message.turn, reason=REASON)
        if not (captured.new or captured.outdated or captured.forgotten):
            return
        with self._memory.transaction() as memory:
            for note in captured.forgotten:
                remove_note(memory, note, forget)
            for note in captured.outdated:
                remove_note(memory, note, cause)
            for line in captured.new:
                _store(memory, line, message, cause)


def _needs_model(text: str) -> bool:
    """Return whether a text may state something in a language without rules; a word or two, or a question, do not."""
    if known_language(text) is not None or text.rstrip().endswith(_QUESTIONS):
        return False
    return len(_WORDS.findall(text)) >= MIN_WORDS


def remove_note(memory: Memory, note: Note, cause: Cause) -> None:
    """Remove what is remembered in core memory or in archival; its history stays."""
    with suppress(MemoryRefused, NotFound):  # somebody else has changed it meanwhile
        if note.passage:
            memory.archival.delete(note.passage, cause)
        else:
            memory.core.replace(BLOCK, _with_gap(memory.core[BLOCK].value, note.text), "", cause)


def _with_gap(value: str, text: str) -> str:
    """Return a text of a block with the white space that has to go with it."""
    lines = (f"\n{text}", f"{text}\n") if text in value.split("\n") else ()
    return next((way for way in (*lines, f" {text}", f"{text} ") if way in value), text)


def _store(memory: Memory, line: str, message: StoredMessage, cause: Cause) -> None:
    """Store a line in core memory, or in archival where there is no room for it."""
    block = writable_block(memory)
    if block is not None and line.casefold() in block.value.casefold():
        return
    if block is not None and len(block.value) + 1 + len(line) <= block.limit:
        memory.core.append(BLOCK, line, cause)
    else:
        memory.archival.insert(line, [TAG], message.at, message.id, message.session, cause)


def writable_block(memory: Memory) -> Block | None:
    """Return the block about the user; None where there is none that may be written."""
    return next((block for block in memory.core.all() if block.label == BLOCK and not block.read_only), None)
