"""Pastes: a message too long for the desk also goes to archival in pieces, each of which can be found by itself."""

from carrel.chunking import split_document
from carrel.memory.store import Memory
from carrel.memory.values import Cause, StoredMessage

TAG = "paste"
REASON = "a message too long for the desk"


def archive_paste(memory: Memory, message: StoredMessage) -> int:
    """Store a message's text in pieces that name it as their source, all or none, and return how many there are.

    The message itself stays in recall as a whole; a piece whose text is known already is not stored again.
    """
    pieces = split_document(message.text)
    cause = Cause("system", message.turn, reason=REASON)
    with memory.transaction() as within:
        for piece in pieces:
            within.archival.insert(piece, [TAG], message.at, message.id, message.session, cause)
    return len(pieces)
