"""What a turn left on the screen: what was said in it, what it wrote, and the memories that its answer used."""

from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import retrieval_hits, retrievals
from carrel.memory.forgetting.items import Item
from carrel.memory.phrases import stems

MAX_HOLDERS = 3
"""A word of an answer was taken from a memory if at most so many memories hold it, or at most MAX_SHARE of them."""

MAX_SHARE = 0.02


def memories_of_turn(
    connection: Connection, turn: str, items: Sequence[Item], line_turns: dict[str, str | None]
) -> Iterator[Item]:
    """Yield those of an agent's memories that a turn said, wrote or used for its answer.

    An answer uses a line of core memory, or a memory that the model was shown in the turn, where it takes a word from
    it that the question does not hold and few memories hold. `line_turns` has the turn that wrote each line, by ref.
    """
    shown = _shown_in(connection, turn)
    taken = _words_of_answer(turn, items)
    for item in items:
        is_used = (item.tier == "core" or item.ref in shown) and taken & stems(item.whole)
        if is_used or turn in (item.turn, line_turns.get(item.ref)):
            yield item


def _shown_in(connection: Connection, turn: str) -> set[str]:
    mine = (retrievals.c.turn_id == turn) & retrieval_hits.c.taken
    return set(connection.scalars(sa.select(retrieval_hits.c.ref).join_from(retrieval_hits, retrievals).where(mine)))


def _words_of_answer(turn: str, items: Sequence[Item]) -> frozenset[str]:
    """Return the stems of the turn's last reply that its question does not hold and few other memories hold."""
    own = [item for item in items if item.turn == turn and item.tier == "recall"]
    asked = frozenset[str]().union(*(stems(item.text) for item in own if item.role == "user"))
    replies = [item.text for item in own if item.role == "assistant" and item.text]
    told = stems(replies[-1]) - asked if replies else frozenset[str]()
    others = [item for item in items if item.turn != turn and item.role != "tool"]
    holders = Counter(word for item in others for word in stems(item.whole) & told)
    few = max(MAX_HOLDERS, int(MAX_SHARE * len(others)))
    return frozenset(word for word in told if 0 < holders[word] <= few)
