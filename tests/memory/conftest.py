"""What the memory's tests share: one database in a temporary directory and agents in it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.memory.db.database import Database, new_number
from carrel.memory.db.dialect import upsert
from carrel.memory.db.schema import embedders, index_generation, removals, stale_words, tombstones, unindexed, vectors
from carrel.memory.db.sqlite import SqliteFile
from carrel.memory.db.upgrade import upgrade
from carrel.memory.journal.retrievals import RetrievedHit
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, Hit, NewMessage, Scores, TurnCall
from carrel.messages import AssistantMessage, Role, ToolCall, ToolResult
from tests.memory.toy import ToyEmbedder

BLOCKS = (
    NewBlock("persona", "I am a librarian.", 60),
    NewBlock("human", "", 60),
    NewBlock("rules", "Be brief.", 60, "What holds always.", read_only=True),
)


class Letters:
    """Counts a token every four letters."""

    exact = False

    def count(self, text: str) -> int:
        """Return a figure that anyone can check."""
        return len(text) // 4


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the head with nothing in it, made once: to copy a file is faster than to upgrade one."""
    path = tmp_path_factory.mktemp("new") / "carrel.db"
    database = Database(SqliteFile(path))
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock, new_database: Path) -> Iterator[Store]:
    """A store without an embedder."""
    shutil.copy(new_database, tmp_path / "carrel.db")
    made = Store(tmp_path, clock, Letters(), None)
    yield made
    made.close()


@pytest.fixture
def embedder() -> ToyEmbedder:
    """The toy."""
    return ToyEmbedder()


@pytest.fixture
def indexed(tmp_path: Path, clock: FrozenClock, embedder: ToyEmbedder, new_database: Path) -> Iterator[Store]:
    """A store with the toy embedder and an index."""
    shutil.copy(new_database, tmp_path / "carrel.db")
    made = Store(tmp_path, clock, Letters(), embedder)
    yield made
    made.close()


@pytest.fixture
def memory(store: Store) -> Memory:
    """The memory of agent 'ada'."""
    return store.memory("ada", BLOCKS)


@pytest.fixture
def other(store: Store) -> Memory:
    """The memory of agent 'bob', in the same database."""
    return store.memory("bob", BLOCKS)


Say = Callable[..., NewMessage]


@pytest.fixture
def say() -> Say:
    """Make a message for an import."""

    def made(text: str, role: Role = "user", day: int = 1, session: str = "letters") -> NewMessage:
        at = datetime.fromisoformat(f"2026-01-{day:02}T12:00:00+01:00")
        return NewMessage(role, text, at, "Ann" if role == "user" else None, session)

    return made


Fill = Callable[[Memory], str]


@pytest.fixture
def fill(say: Say) -> Fill:
    """Give an agent rows in every table, by a turn with a call and an import, and return the turn's id."""

    def filled(memory: Memory) -> str:
        session = memory.sessions.start("talk")
        turn, user = memory.turns.begin(session, "Remember that I live in Rome.", "offline")
        call = ToolCall("c1", "archival_insert", "{}")
        window = [f"Only {memory.scope.agent} said this.", "shared"]
        memory.steps.add(session, NewStep(turn, 1, window, 9, "m", AssistantMessage("Yes.", (call,)), "tool_calls"))
        cause = Cause("agent", turn, 1, 0)

        def run(memory: Memory) -> ToolResult:
            made = memory.archival.insert("Lives in Rome.", ["home"], session=session, cause=cause)
            return ToolResult("c1", "archival_insert", made.passage.id)

        memory.execute(TurnCall(session, turn, 1, 0, call), "memory", run)
        hit = Hit(user.id, "recall", user.text, user.at, 1.0, Scores(words=1.0))
        memory.retrievals.record(turn, 1, "page_in", "Rome", [RetrievedHit(hit)])
        memory.queue.evict(session, turn, [user], "They live in Rome.")
        memory.turns.end(turn, "complete")
        memory.recall.load([say("We met in Paris.")])
        _fill_index_tables(memory, user.n)
        memory.withheld.add("recall", [user.id])
        undone, _ = memory.turns.begin(session, "Never mind.", "offline")
        memory.turns.end(undone, "complete")
        memory.undo(undone)
        return turn

    return filled


def _fill_index_tables(memory: Memory, row: int) -> None:
    """Write what the indexer writes, for which an embedder is needed."""
    mine = {"agent_id": memory.scope.agent_id, "tier": "recall"}
    with memory.scope.database.write() as connection:
        connection.execute(upsert(embedders).values(id=1, fingerprint="none", dimension=2))
        made = vectors.insert().values(**mine, row=row, part=0, embedder_id=1, vector=b"12345678")
        connection.execute(unindexed.insert().values(**mine, vector_n=new_number(connection, made)))
        connection.execute(removals.insert().values(**mine, vector_n=1))
        connection.execute(upsert(index_generation).values(name="g1"))
        connection.execute(upsert(stale_words).values(tier="recall", upto=1))
        lasting = {"agent_id": memory.scope.agent_id, "at": memory.now()}
        connection.execute(tombstones.insert().values(**lasting, hash="h", salt="00"))
