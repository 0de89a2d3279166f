"""The index: derived, owned by one process, and replaced wherever it is not sound."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.memory.db.schema import index_generation
from carrel.memory.indexing.chroma.index import ChromaIndex
from carrel.memory.indexing.progress import IndexProgress
from carrel.memory.indexing.vector_index import IndexBroken
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.upkeep.check import examine_index
from carrel.memory.values import NewMessage, Tier
from tests.memory.conftest import Letters
from tests.memory.toy import ToyEmbedder

MANY = 1_100
"""Chroma writes vectors to its files by the thousand."""
FACTS = ("Ada keeps bees", "Bob sails boats", "Cora climbs hills", "Dan paints doors", "Eve bakes bread")

BLOCKS = (NewBlock("human", "", 100),)


def opened(home: Path, clock: FrozenClock) -> Store:
    """Open a store with the toy embedder."""
    return Store(home, clock, Letters(), ToyEmbedder())


def filled(store: Store) -> Memory:
    """Store the facts, embed and index them."""
    memory = store.memory("ada", BLOCKS)
    for fact in FACTS:
        memory.archival.insert(fact)
    store.embed_now()
    return memory


def generation(home: Path) -> Path:
    """Return the folder of the one generation."""
    (found,) = [path for path in (home / "index").iterdir() if path.is_dir()]
    return found


def test_every_vector_reaches_the_index_and_only_vectors(store: Store, tmp_path: Path) -> None:
    """The index holds as many vectors as SQL, and not one word of the texts."""
    memory = filled(store)

    assert store.engines.index.count(memory.scope.agent_id, "archival") == len(FACTS)
    store.engines.index.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file())
    assert b"bees" not in content


def test_second_process_does_not_open_the_index_and_still_finds_everything(
    store: Store, tmp_path: Path, clock: FrozenClock
) -> None:
    """While one owns the index, another searches by exact scan and sees the same rows."""
    filled(store)
    second = opened(tmp_path, clock)

    assert second.engines.vectors is not None
    assert second.engines.vectors.indexer.sync_index() is False
    found = second.memory("ada").archival.search("Ada keeps bees", limit=1, mode="meaning")
    assert [hit.text for hit in found.hits] == ["Ada keeps bees"]
    second.close()


def test_clean_stop_keeps_the_generation(tmp_path: Path, clock: FrozenClock) -> None:
    """After a clean close the same generation is opened again, without a rebuild."""
    first = opened(tmp_path, clock)
    filled(first)
    first.close()
    name = generation(tmp_path).name
    second = opened(tmp_path, clock)
    second.embed_now()

    assert generation(tmp_path).name == name
    second.close()


KILLED = """
import sys
from pathlib import Path
from carrel.clock import FrozenClock
from tests.memory.indexing.chroma.test_index import filled, opened
store = opened(Path(sys.argv[1]), FrozenClock("2026-01-05T09:00:00+01:00"))
filled(store)
print("filled", flush=True)
sys.stdin.read()
"""


def kill_an_owner(home: Path) -> None:
    """Let a process fill an index, and kill it while the index is open."""
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "filled\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()


@pytest.mark.process
def test_kill_leaves_a_marker_and_a_sound_index_is_kept_after_a_probe(tmp_path: Path, clock: FrozenClock) -> None:
    """A killed owner's index is read through by a probe; if all is there it goes on being used."""
    kill_an_owner(tmp_path)
    name = generation(tmp_path).name
    assert (generation(tmp_path) / "open").exists()
    store = opened(tmp_path, clock)
    store.embed_now()

    assert generation(tmp_path).name == name
    assert store.engines.index.count(store.agents.require("ada"), "archival") == len(FACTS)
    store.close()


def damage_nothing_left(folder: Path) -> None:
    """Delete the generation."""
    shutil.rmtree(folder)


def damage_sqlite(folder: Path) -> None:
    """Write noise over Chroma's own database."""
    (folder / "chroma.sqlite3").write_bytes(b"noise" * 5000)


def damage_emptied(folder: Path) -> None:
    """Cut Chroma's own database to nothing."""
    (folder / "chroma.sqlite3").write_bytes(b"")


@pytest.mark.process
@pytest.mark.parametrize("damage", [damage_nothing_left, damage_sqlite, damage_emptied])
def test_damaged_index_is_rebuilt_from_sql_without_embedding(
    tmp_path: Path, clock: FrozenClock, damage: "type[object]"
) -> None:
    """Whatever happened to the index, a new generation holds every vector and the embedder is not asked."""
    kill_an_owner(tmp_path)
    damage(generation(tmp_path))  # type: ignore[call-arg]
    embedder = ToyEmbedder()
    store = Store(tmp_path, clock, Letters(), embedder)
    store.embed_now()

    assert embedder.texts == []
    assert store.engines.index.count(store.agents.require("ada"), "archival") == len(FACTS)
    found = store.memory("ada").archival.search("Dan paints doors", limit=1, mode="meaning")
    assert [hit.text for hit in found.hits] == ["Dan paints doors"]
    store.close()


@pytest.fixture(scope="module")
def closed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index of many vectors was closed cleanly, so that Chroma has written each of its files."""
    home = tmp_path_factory.mktemp("closed")
    store = opened(home, FrozenClock("2026-01-05T09:00:00+01:00"))
    memory = store.memory("ada", BLOCKS)
    words = [[chr(97 + number // 26**place % 26) for place in range(3)] for number in range(MANY)]
    memory.recall.load([NewMessage("user", " ".join(letters)) for letters in words])
    store.embed_now()
    store.close()
    assert {path.name for path in generation(home).rglob("*.*")} >= {"chroma.sqlite3", "data_level0.bin"}
    return home


def cut(content: bytes) -> bytes:
    """Leave half."""
    return content[: len(content) // 2]


def flip(content: bytes) -> bytes:
    """Change one byte in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


def empty(content: bytes) -> bytes:
    """Leave nothing."""
    return b""


def zero(content: bytes) -> bytes:
    """Leave the size alone."""
    return bytes(len(content))


@pytest.mark.parametrize("damage", [cut, flip, empty, zero, None])
def test_every_damage_of_a_closed_index_is_noticed_and_healed(
    closed_home: Path, tmp_path: Path, clock: FrozenClock, damage: Callable[[bytes], bytes] | None
) -> None:
    """Whichever file was cut, changed, emptied, zeroed or deleted: no vector is lost, and each finds itself."""
    names = [path.relative_to(closed_home) for path in generation(closed_home).rglob("*.*") if path.stat().st_size]
    for place, name in enumerate(names):
        home = shutil.copytree(closed_home, tmp_path / str(place))
        content = (home / name).read_bytes()
        if damage is None:
            (home / name).unlink()
        elif damage(content) == content:
            continue
        else:
            (home / name).write_bytes(damage(content))
        before = generation(home).name
        store = opened(home, clock)
        assert examine_index(store) == "damaged"
        store.embed_now()
        assert generation(home).name != before
        agent_id = store.agents.require("ada")
        assert store.engines.index.count(agent_id, "recall") == MANY
        assert store.engines.vectors is not None
        with store.database.read() as connection:
            batch = store.engines.vectors.store.read(connection, range(1, MANY, 20))
        best = [store.engines.index.nearest(agent_id, "recall", vector, 1)[0][1] for vector in batch.matrix]
        assert min(best) > 0.999
        store.close()


@pytest.mark.process
@pytest.mark.parametrize(("damaged", "state"), [(False, "sound"), (True, "damaged")])
def test_an_index_without_checksums_is_searched_before_it_is_used(
    closed_home: Path, tmp_path: Path, clock: FrozenClock, damaged: bool, state: str
) -> None:
    """Earlier versions recorded none: the probe searches a sample of the vectors for themselves, in a copy."""
    home = shutil.copytree(closed_home, tmp_path / "home")
    (vectors,) = generation(home).rglob("data_level0.bin")
    if damaged:
        vectors.write_bytes(bytes(vectors.stat().st_size))
    store = opened(home, clock)
    with store.database.write() as connection:
        connection.execute(sa.update(index_generation).values(checksums=None))
    before, content = generation(home).name, {path: path.read_bytes() for path in generation(home).rglob("*.*")}
    assert examine_index(store) == state
    assert content == {path: path.read_bytes() for path in generation(home).rglob("*.*")}
    store.embed_now()
    assert (generation(home).name == before) is not damaged
    assert store.engines.index.count(store.agents.require("ada"), "recall") == MANY
    assert examine_index(store) == "in use"
    store.close()


def test_index_deleted_while_it_is_open_loses_nothing(store: Store, tmp_path: Path) -> None:
    """Search and indexing go on when the folder vanishes under a running program."""
    memory = filled(store)
    shutil.rmtree(generation(tmp_path))
    memory.archival.insert("Finn flies kites")
    store.embed_now()

    found = memory.archival.search("Finn flies kites", limit=1, mode="meaning")
    assert [hit.text for hit in found.hits] == ["Finn flies kites"]


def test_removed_agents_leave_the_index(store: Store) -> None:
    """An agent's collections go with it."""
    filled(store)
    store.agents.remove("ada")
    other = store.memory("bob", BLOCKS)
    other.archival.insert("Bob sails boats")
    store.embed_now()

    assert store.engines.index.count(other.scope.agent_id, "archival") == 1


def test_deleted_passages_leave_the_index(store: Store) -> None:
    """What archival_delete removes is no longer in the index after the next synchronisation."""
    memory = filled(store)
    first = memory.archival.latest(10)[0]
    memory.archival.delete(first.id)
    store.embed_now()

    assert store.engines.index.count(memory.scope.agent_id, "archival") == len(FACTS) - 1


def test_another_embedder_makes_another_generation(tmp_path: Path, clock: FrozenClock) -> None:
    """Vectors of two models never stand in one index."""
    first = opened(tmp_path, clock)
    filled(first)
    first.close()
    name = generation(tmp_path).name
    second = Store(tmp_path, clock, Letters(), ToyEmbedder("other/1/64"))
    second.embed_now()

    assert generation(tmp_path).name != name
    second.close()


def test_the_size_is_asked_only_where_it_matters(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was added and removed since the last count says whether a collection is large, as far as it can."""
    memory = filled(store)
    index, agent_id = store.engines.index, memory.scope.agent_id
    assert index.count(agent_id, "archival") == 5
    asked: list[str] = []
    count = index.count

    def counted(agent: int, tier: Tier) -> int:
        asked.append(tier)
        return count(agent, tier)

    monkeypatch.setattr(index, "count", counted)
    assert (index.has_more_than(agent_id, "archival", 4), index.has_more_than(agent_id, "archival", 5)) == (True, False)
    memory.archival.insert("Fay reads maps")
    store.embed_now()
    assert (index.has_more_than(agent_id, "archival", 4), index.has_more_than(agent_id, "archival", 6)) == (True, False)
    assert asked == []
    assert index.has_more_than(agent_id, "archival", 5)
    memory.archival.delete(memory.archival.latest(1)[0].id)
    store.embed_now()
    assert asked == ["archival"]
    assert not index.has_more_than(agent_id, "archival", 5)
    assert asked == ["archival"] * 2


def test_a_mistake_of_ours_is_no_broken_index(store: Store) -> None:
    """Only what Chroma calls a failure counts as a broken index; a call with nothing to add is our own mistake."""
    memory = filled(store)
    index, agent_id = store.engines.index, memory.scope.agent_id
    with pytest.raises(IndexBroken, match="expecting embedding with dimension of 64"):
        index.nearest(agent_id, "archival", np.ones(3, np.float32), 1)
    with pytest.raises(TypeError):
        index.nearest(agent_id, "archival", np.ones(64, np.float32), 0)


def test_an_index_that_was_given_up_is_broken(store: Store) -> None:
    """A search that still asks an index which another thread gave up is told so, and goes on without."""
    memory = filled(store)
    store.engines.index.abandon()
    with pytest.raises(IndexBroken, match="not open"):
        store.engines.index.count(memory.scope.agent_id, "archival")
    assert len(memory.archival.search("Ada keeps bees", mode="meaning").hits) > 0


def test_a_folder_that_cannot_be_written(store: Store, tmp_path: Path) -> None:
    """Where the folder of the index is a file, the index is broken, with the reason."""
    assert store.engines.vectors is not None
    record = IndexProgress(store.database, store.engines.vectors.store)
    (tmp_path / "index").write_text("书", encoding="utf-8")
    with pytest.raises(IndexBroken, match=r"cannot be opened: .*File exists"):
        ChromaIndex(tmp_path / "index", "toy").open(record)
