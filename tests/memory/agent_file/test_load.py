"""Imports: everything is there again, or nothing is."""

import json
from pathlib import Path

import pytest

from carrel.errors import BadFile, NotFound, UsageError
from carrel.memory.agent_file.export import export_agent
from carrel.memory.agent_file.kinds import ID
from carrel.memory.agent_file.load import import_agent, plan_import
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.store import Memory, Store
from carrel.memory.upkeep.check import check
from carrel.memory.upkeep.verify import verify
from carrel.memory.values import NewMessage
from tests.memory.agent_file.filling import fill_memory
from tests.memory.toy import ToyEmbedder


def load(store: Store, path: Path, name: str | None = None) -> Memory:
    """Import a file and return the agent's memory."""
    file = AgentFile(path)
    plan = plan_import(store, file, name)
    import_agent(store, file, plan)
    return store.memory(plan.name)


def export_again(store: Store, name: str, path: Path) -> Path:
    """Export an agent to a file beside another one."""
    target = path.with_name(f"again-{name}.jsonl")
    export_agent(store, name, target)
    return target


def test_another_home(exported: Path, elsewhere: Store) -> None:
    """What is imported into another home is exported as the same bytes."""
    load(elsewhere, exported)
    assert export_again(elsewhere, "ada", exported).read_bytes() == exported.read_bytes()
    assert check(elsewhere).problems == []


def test_undone_turns_stay_at_home(full: Memory, store: Store, elsewhere: Store, tmp_path: Path) -> None:
    """A turn that was undone is in no file: the copy is the same again, and has nothing to redo."""
    turn, _ = full.turns.begin(full.sessions.find("talk"), "I said too much.", "m")
    full.turns.end(turn, "complete")
    full.undo()
    target = tmp_path / "ada.jsonl"
    export_agent(store, "ada", target)
    copy = load(elsewhere, target)
    assert export_again(elsewhere, "ada", target).read_bytes() == target.read_bytes()
    with pytest.raises(NotFound, match="no turn that was undone"):
        copy.redo()
    assert full.redo().messages > 0


def test_another_name(exported: Path, elsewhere: Store) -> None:
    """Under another name only the name in the first line differs, and with it the checksum in the last."""
    load(elsewhere, exported, "bob")
    first, *lines, _ = export_again(elsewhere, "bob", exported).read_text(encoding="utf-8").splitlines()
    was, *before, _ = exported.read_text(encoding="utf-8").splitlines()
    assert lines == before
    assert json.loads(first) == json.loads(was) | {"name": "bob"}


def test_the_same_home(exported: Path, store: Store, full: Memory) -> None:
    """Beside the agent itself all ids are new, in texts too, and nothing else differs."""
    plan = plan_import(store, AgentFile(exported), "bob")
    bob = load(store, exported, "bob")
    again = export_again(store, "bob", exported).read_text(encoding="utf-8").splitlines()
    was = exported.read_text(encoding="utf-8").splitlines()
    ids = dict(zip(ID.findall("\n".join(was)), ID.findall("\n".join(again)), strict=True))
    assert len(ids) == len(set(ids.values())) == plan.replaced
    assert ids.keys().isdisjoint(ids.values())
    assert [_without_hashes(line) for line in again[1:-1]] == [
        _without_hashes(ID.sub(lambda found: ids[found[0]], line)) for line in was[1:-1]
    ]
    assert bob.counts() == full.counts()
    assert check(store).problems == []


def _without_hashes(line: str) -> object:
    """Return a line without what depends on ids."""
    record = json.loads(line)
    return {name: value for name, value in record.items() if name not in ("hash", "window")}


def test_memory_works(exported: Path, elsewhere: Store, full: Memory) -> None:
    """Blocks, queue, summary, history, searches and requests are what they were; words find the texts at once."""
    memory = load(elsewhere, exported)
    session, turn = memory.sessions.find("talk"), memory.turns.all()[-1].id
    assert memory.core.all() == full.core.all()
    assert [one.text for one in memory.queue.load(session)] == [one.text for one in full.queue.load(session)]
    assert memory.session_state(session) == full.session_state(session)
    assert memory.history("core", "human") == full.history("core", "human")
    assert memory.retrievals.of_turn(turn) == full.retrievals.of_turn(turn)
    assert memory.request_log.find(turn) == full.request_log.find(turn)
    assert [hit.text for hit in memory.archival.search("Milan", mode="words").hits] == ["Lives in Milan."]
    assert [hit.text for hit in memory.recall.search("罗马 我记得", mode="words").hits] == ["我记得。"]
    assert verify(memory, None).sound


def test_undo(memory: Memory, store: Store, elsewhere: Store, tmp_path: Path) -> None:
    """A turn can be undone after an import, as it can be where it was made, and redone."""
    fill_memory(memory)
    export_agent(store, "ada", tmp_path / "ada.jsonl")
    there = load(elsewhere, tmp_path / "ada.jsonl")
    for one in (memory, there):
        one.undo()
    here = export_again(store, "ada", tmp_path / "here.jsonl").read_bytes()
    (tmp_path / "there").mkdir()
    assert export_again(elsewhere, "ada", tmp_path / "there" / "ada.jsonl").read_bytes() == here
    there.redo()
    again = export_again(elsewhere, "ada", tmp_path / "there" / "ada.jsonl").read_bytes()
    assert again == (tmp_path / "ada.jsonl").read_bytes()


def test_vectors_are_made_again(exported: Path, indexed: Store) -> None:
    """Each text that a search may find is embedded after the import."""
    memory = load(indexed, exported, "bob")
    waiting = indexed.waiting()
    assert waiting == indexed.embed_now() > 0
    vectors = indexed.engines.vectors
    assert vectors is not None
    assert verify(memory, vectors.store).sound


def test_an_existing_name(exported: Path, store: Store) -> None:
    """A name that is taken is refused, and nothing changes."""
    with pytest.raises(UsageError, match=r"^Agent 'ada' exists already\. Import it under another name with --as"):
        load(store, exported)


def test_a_bad_name(exported: Path, elsewhere: Store) -> None:
    """A name that no agent may have is refused."""
    with pytest.raises(UsageError, match="is not usable"):
        load(elsewhere, exported, "../ada")


def test_changed_meanwhile(exported: Path, elsewhere: Store) -> None:
    """A file that was changed after it was checked leaves nothing behind, and can be imported once it is whole."""
    whole = exported.read_bytes()
    plan = plan_import(elsewhere, AgentFile(exported))
    exported.write_bytes(whole.replace(b"Milan", b"Turin"))
    with pytest.raises(BadFile, match="was changed meanwhile"):
        import_agent(elsewhere, AgentFile(exported), plan)
    assert elsewhere.agents.all() == []
    exported.write_bytes(whole)
    assert load(elsewhere, exported).counts().recall > 0


def test_interrupted(full: Memory, store: Store, elsewhere: Store, tmp_path: Path) -> None:
    """An import tells how far it came; one that is interrupted leaves nothing, and can be run again."""
    full.recall.load(NewMessage("user", f"Letter {number}") for number in range(600))
    export_agent(store, "ada", tmp_path / "long.jsonl")
    told: list[int] = []

    def stop(done: int) -> None:
        told.append(done)
        raise KeyboardInterrupt

    file = AgentFile(tmp_path / "long.jsonl")
    plan = plan_import(elsewhere, file)
    with pytest.raises(KeyboardInterrupt):
        import_agent(elsewhere, file, plan, stop)
    assert (told, elsewhere.agents.all()) == ([500], [])
    assert load(elsewhere, file.path).counts() == full.counts()


def test_embedder_is_not_asked(exported: Path, indexed: Store, embedder: ToyEmbedder) -> None:
    """An import embeds nothing by itself."""
    load(indexed, exported, "bob")
    assert embedder.texts == []
