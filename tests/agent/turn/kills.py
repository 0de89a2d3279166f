"""Stop a turn as a kill would, without a process of its own."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from carrel.agent.agent import Session
from carrel.agent.events import Event


@contextmanager
def nothing_after(path: Path) -> Iterator[None]:
    """Undo in a database whatever is written in the block: nothing of what follows a kill happens."""
    with closing(sqlite3.connect(":memory:")) as kept, closing(sqlite3.connect(path)) as database:
        database.backup(kept)
        yield
        kept.backup(database)


def die_when(session: Session, text: str, done: Callable[[Event], bool]) -> None:
    """Run a turn up to the event for which `done` holds, and leave the database as a kill would leave it."""
    stream = session.stream(text)
    assert any(done(event) for event in stream)
    with nothing_after(session.agent.memory.scope.database.path):
        stream.close()


def die_at(session: Session, text: str, kind: type[Event], number: int = 1) -> None:
    """Run a turn up to an event, its first of this kind or a later one, and leave the database as a kill would."""
    seen = 0

    def done(event: Event) -> bool:
        nonlocal seen
        seen += isinstance(event, kind)
        return seen == number

    die_when(session, text, done)
