"""Pastes: a message that is too long for main context also goes to archival, in chunks that are found one by one."""

from carrel.chunking import split_document
from carrel.memory.store import Memory
from carrel.memory.values import Cause, StoredMessage

TAG = "paste"
REASON = "a message too long for main context"


def archive_paste(memory: Memory, message: StoredMessage) -> int:
    """Store a message's text in chunks that name it as their source, all or none, and return how many there are.

    Recall keeps the message itself as a whole; a chunk whose text is stored already is not stored again.
    """
    chunks = split_document(message.text)
    cause = Cause("system", message.turn, reason=REASON)
    with memory.transaction() as within:
        for chunk in chunks:
            within.archival.insert(chunk, [TAG], message.at, message.id, message.session, cause)
    return len(chunks)
