"""Forgetting: into the bin and back, byte for byte; for good, and never again; what stands in the way is refused."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.errors import BlockReadOnly, Busy, MemoryRefused, NotFound
from carrel.memory.forgetting.selection import Selection
from carrel.memory.store import Memory, Store
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, NewMessage
from carrel.messages import AssistantMessage, canonical
from tests.memory.conftest import BLOCKS, Letters, Say
from tests.memory.forgetting.telling import SECRET, USER, found, raw, tell
from tests.memory.looking import LASTING, WORK, everything
from tests.memory.toy import ToyEmbedder


def test_what_is_forgotten_is_nowhere_to_be_seen(memory: Memory) -> None:
    """Neither a search, nor main context, nor a list, nor a review shows it; everything else is still there."""
    session = tell(memory)
    memory.archival.insert("Ada lives in Oslo.")
    report = memory.forgetting.forget(Selection(query="password hunter2"), USER)
    assert report.counts["messages"] == 4
    assert (report.counts["passages"], report.counts["lines"], report.counts["summaries"]) == (1, 1, 1)
    assert (found(memory, "hunter2"), found(memory, "Oslo")) == (0, 1)
    assert memory.core["human"].value == ""
    assert memory.queue.load(session) == []
    assert memory.session_state(session).summary == "They sail. They left."
    assert memory.session_state(session).core_head == ""
    assert memory.recall.latest(9) == memory.recall.of_session(session) == []
    assert memory.review_cursor.count_unreviewed() == 0
    with pytest.raises(NotFound, match="was forgotten"):
        memory.recall.get(report.items[1].ref)


def test_restore_brings_everything_back(memory: Memory) -> None:
    """A restored memory is found again; every row but the journal is as it was, and it can be forgotten again."""
    tell(memory)
    hidden = WORK | LASTING | {"memory_events", "blocks"}
    before, core = everything(memory, hidden), memory.core.all()
    report = memory.forgetting.forget(Selection(query="hunter2"), USER)
    assert everything(memory, hidden) != before
    passage = next(item.ref for item in report.items if item.tier == "archival")
    assert passage in memory.forgetting.restore(passage[2:], USER)
    assert (everything(memory, hidden), memory.core.all()) == (before, core)
    for reference in (report.key, passage):
        with pytest.raises(NotFound, match="was restored already"):
            memory.forgetting.restore(reference, USER)
    again = memory.forgetting.forget(Selection(query="hunter2"), USER)
    assert memory.forgetting.restore(again.key, USER)


def test_restore_after_an_edit_adds_the_line(memory: Memory) -> None:
    """A block that changed since keeps its change; a line that no longer fits is refused, and nothing is restored."""
    memory.core.append("human", "Likes tea.")
    memory.core.append("human", SECRET)
    key = memory.forgetting.forget(Selection(ids=("human:2",)), USER).key
    memory.core.rethink("human", "Likes cake." * 5)
    with pytest.raises(MemoryRefused, match="would be 79 of 60 characters"):
        memory.forgetting.restore(key, USER)
    memory.core.rethink("human", "Likes cake.")
    assert memory.forgetting.restore("human", USER) == ["human"]
    assert memory.core["human"].value == f"Likes cake.\n{SECRET}"


def test_forgetting_in_a_turn_is_undone_with_it(memory: Memory) -> None:
    """What the agent forgot in a turn is there again when the turn is undone, byte for byte."""
    session = tell(memory)
    before = everything(memory, WORK | LASTING)
    turn, _ = memory.turns.begin(session, "Forget my password.", "m")
    memory.forgetting.forget(Selection(query="hunter2"), Cause("agent", turn, 1, 0))
    assert found(memory, "hunter2") == 0
    memory.turns.end(turn, "complete")
    after = everything(memory, WORK | LASTING)
    memory.undo()
    assert everything(memory, WORK | LASTING) == before
    memory.redo()
    assert everything(memory, WORK | LASTING) == after


def test_a_reply_that_repeats_it_is_forgotten_too(memory: Memory) -> None:
    """What the agent says of it in the same turn is no more found than the rest, and is restored with it."""
    session = tell(memory)
    turn, _ = memory.turns.begin(session, "Forget my password.", "m")
    key = memory.forgetting.forget(Selection(query="hunter2"), Cause("agent", turn, 1, 0)).key
    memory.steps.add(session, NewStep(turn, 1, [], 9, "m", AssistantMessage(f"Gone: {SECRET}"), "stop"))
    memory.complete(turn, memory.turns.changes(turn))
    assert found(memory, "hunter2") == 0
    assert [message.text for message in memory.recall.latest(9)] == ["Forget my password."]
    assert turn not in [message.turn for message in memory.queue.load(session)]
    memory.forgetting.restore(key, USER)
    assert found(memory, "Gone hunter2") > 0


def test_the_agent_may_not_forget_what_it_may_not_change(memory: Memory) -> None:
    """A read-only block and a pinned passage stay; nothing is half forgotten."""
    passage = memory.archival.insert("Be brief, says Ann.").passage
    memory.archival.pin(passage.id, True)
    before = everything(memory)
    turn, _ = memory.turns.begin(memory.sessions.start(), "Hi", "m")
    for selection, error in ((Selection(query="says Ann"), MemoryRefused), (Selection(("rules:1",)), BlockReadOnly)):
        with pytest.raises(error, match=r"is pinned|is read-only"):
            memory.forgetting.forget(selection, Cause("agent", turn))
    memory.undo()
    assert everything(memory, WORK | LASTING) == {k: v for k, v in before.items() if k not in LASTING}
    assert memory.forgetting.forget(Selection(query="says Ann"), USER).counts["passages"] == 1


def test_not_while_the_agent_answers(memory: Memory) -> None:
    """During a turn only the turn itself may forget."""
    tell(memory)
    selection = Selection(query="hunter2")
    with memory.lease(lambda begun: None):
        for action in (
            lambda: memory.forgetting.forget(selection, USER),
            lambda: memory.forgetting.erase(selection, USER),
            lambda: memory.forgetting.restore("f-1", USER),
            lambda: memory.forgetting.purge(USER),
        ):
            with pytest.raises(Busy, match="Agent 'ada' is answering a message"):
                action()


def test_a_dry_run_changes_nothing(memory: Memory) -> None:
    """What would be forgotten is what is forgotten, with the same counts."""
    tell(memory)
    before = everything(memory)
    plan = memory.forgetting.find(Selection(query="hunter2"))
    assert everything(memory) == before
    report = memory.forgetting.forget(Selection(query="hunter2"), USER)
    assert (report.items, report.counts) == (plan.all, plan.counts)
    with pytest.raises(NotFound, match="Nothing meets these conditions"):
        memory.forgetting.find(Selection(query="zebra"))


def test_erased_for_good(tmp_path: Path, clock: FrozenClock) -> None:
    """No row keeps it, nor does a turn that was undone; the file is sound, and all else stays."""
    store = Store(tmp_path, clock, Letters(), None)
    memory = store.memory("ada", BLOCKS)
    session = tell(memory)
    tell(memory, "I keep bees.", session)
    turn, _ = memory.turns.begin(session, f"I told you: {SECRET}", "m")
    memory.turns.end(turn, "complete")
    memory.undo()
    message = next(item for item in memory.recall.latest(9) if item.role == "user")
    report = memory.forgetting.erase(Selection(ids=(message.id,)), USER)
    assert (report.hard, report.left, report.key) == (True, (), "")
    assert b"hunter2" not in raw(tmp_path)
    assert memory.forgetting.prove("hunter2").found == {}
    assert memory.session_state(session).summary == "They sail. I keep bees. They left."
    assert (found(memory, "hunter2"), found(memory, "bees") > 2) == (0, True)
    store.close()
    with closing(sqlite3.connect(tmp_path / "carrel.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_vectors_history_and_logs(tmp_path: Path, clock: FrozenClock) -> None:
    """The index is built anew, and the lines of the chat's history and of logs that say it are gone."""
    store = Store(tmp_path, clock, Letters(), ToyEmbedder())
    memory = store.memory("ada", BLOCKS)
    tell(memory)
    (tmp_path / "history").write_text(f"\n# 2026-01-01\n+Hello\n\n# 2026-01-02\n+{SECRET}\n", encoding="utf-8")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "mcp.log").write_text(f"start\nsaid {SECRET}\nend\n", encoding="utf-8")
    store.embed_now()
    generations = set((tmp_path / "index").glob("g*"))
    assert generations
    memory.forgetting.erase(Selection(query="hunter2"), USER)
    assert not generations & set((tmp_path / "index").glob("g*"))
    assert (tmp_path / "history").read_text(encoding="utf-8") == "\n# 2026-01-01\n+Hello\n\n"
    assert (tmp_path / "logs" / "mcp.log").read_text(encoding="utf-8") == "start\nend\n"
    store.embed_now()
    assert memory.search.find("password hunter2", ("recall", "archival"), mode="meaning").total == 0
    store.close()


def test_erased_messages_do_not_come_back_by_import(memory: Memory, say: Say) -> None:
    """The same file adds nothing, and another file with the sentence adds the rest of it."""
    letters = [say(f"I sail. {SECRET}"), say("Xyzzyq"), say("We ski.", day=2)]
    memory.recall.load(letters)
    memory.forgetting.erase(Selection(query="hunter2"), USER)
    memory.forgetting.erase(Selection(query="Xyzzyq"), USER)
    assert memory.recall.load(letters).added == 0
    memory.recall.load([say(f"We row. {SECRET}", day=3), say("Xyzzyq", day=3)])
    assert [message.text for message in memory.recall.latest(9)] == ["I sail.", "We ski.", "We row."]
    assert found(memory, "hunter2") == found(memory, "Xyzzyq") == 0


def test_another_agent_keeps_its_own(memory: Memory, other: Memory) -> None:
    """Another agent that was told the same keeps it, its requests included."""
    for each in (memory, other):
        tell(each)
    before = found(other, "hunter2"), other.core["human"].value, other.request_log.find().parts
    memory.forgetting.erase(Selection(query="hunter2"), USER)
    assert found(memory, "hunter2") == 0
    assert (found(other, "hunter2"), other.core["human"].value, other.request_log.find().parts) == before


def test_copies_are_named_and_deleted(store: Store, memory: Memory, tmp_path: Path) -> None:
    """A backup or an export that holds it is named, and deleted if that is wanted."""
    tell(memory)
    (tmp_path / "backups").mkdir()
    copy, export = tmp_path / "backups" / "carrel-1.db", tmp_path / "ada.jsonl"
    copy.write_bytes((tmp_path / "carrel.db").read_bytes())
    export.write_text(SECRET, encoding="utf-16")
    report = memory.forgetting.erase(Selection(query="hunter2"), USER)
    assert [item.where for item in report.left] == ["ada.jsonl", "backups/carrel-1.db"]
    memory.recall.load([])
    tell(memory)
    assert memory.forgetting.erase(Selection(query="hunter2"), USER, delete_copies=True).left == ()
    assert (copy.exists(), export.exists()) == (False, False)


def test_purge_erases_what_is_in_the_bin(memory: Memory, tmp_path: Path, clock: FrozenClock) -> None:
    """The bin is emptied, or only of what is old; what was restored stays."""
    tell(memory)
    memory.archival.insert("Ada lives in Oslo.")
    kept = memory.forgetting.forget(Selection(query="Oslo"), USER)
    memory.forgetting.forget(Selection(query="hunter2"), USER)
    assert len(memory.forgetting.in_bin()) == 7
    assert memory.forgetting.purge(USER, days=30).items == ()
    memory.forgetting.restore(kept.key, USER)
    clock.advance(days=31)
    memory.forgetting.purge(USER, days=30)
    assert (memory.forgetting.in_bin(), found(memory, "Oslo")) == ([], 1)
    assert b"hunter2" not in raw(tmp_path)


def test_common_words_stay(memory: Memory) -> None:
    """What stands beside a secret in the same words stays: other lines, questions, the calls that stored them."""
    session = tell(memory, "My dog is Zorblax.")
    for line in ("My cat is Mimi.", "My fish is Bubblo."):
        tell(memory, line, session)
    turn, _ = memory.turns.begin(session, "Who is my dog?", "m")
    memory.turns.end(turn, "complete")
    memory.forgetting.forget(Selection(query="Bubblo"), USER)
    hidden = [item.text for item in memory.forgetting.in_bin()]
    memory.forgetting.erase(Selection(query="Zorblax"), USER)
    assert [item.text for item in memory.forgetting.in_bin()] == hidden
    assert [event.after for event in memory.history("core", "human")][:2] == ["", "My cat is Mimi."]
    texts = [message.text for message in memory.recall.latest(30)]
    assert "Who is my dog?" in texts
    assert "Noted: My cat is Mimi." in texts
    assert memory.core["human"].value == "My cat is Mimi."
    arguments = [call.arguments for message in memory.recall.latest(30) for call in message.calls]
    assert canonical({"label": "human", "content": "My cat is Mimi."}) in arguments


def test_erasing_reaches_into_the_bin(memory: Memory, tmp_path: Path) -> None:
    """What was put into the bin is erased by the same words; the rest of a message can still be restored."""
    tell(memory)
    key = memory.forgetting.forget(Selection(query="hunter2"), USER).key
    assert memory.forgetting.find(Selection(query="hunter2")).items == ()
    assert len(memory.forgetting.find(Selection(query="hunter2"), hard=True).items) == 6
    memory.forgetting.erase(Selection(query="hunter2"), USER)
    assert b"hunter2" not in raw(tmp_path)
    memory.forgetting.restore(key, USER)
    assert found(memory, "sail") == 1
    assert memory.archival.latest(9) == []


def test_sources_and_names_of_files_are_seen(memory: Memory, say: Say, tmp_path: Path) -> None:
    """The id that an import gave a message goes like its text; settings that hold it are named and never deleted."""
    memory.recall.load([replace(say("I sail."), source="mail-zorblax"), replace(say("I ski."), source="mail-2")])
    for name in ("zorblax.txt", "config.toml"):
        (tmp_path / name).write_text("# zorblax", encoding="utf-8")
    report = memory.forgetting.erase(Selection(query="zorblax"), USER, delete_copies=True)
    assert [(item.where, item.why) for item in report.left] == [
        ("config.toml", "part of your settings; take it out by hand")
    ]
    assert not (tmp_path / "zorblax.txt").exists()
    assert [(message.text, message.source) for message in memory.recall.latest(9)] == [
        ("I sail.", None),
        ("I ski.", "mail-2"),
    ]
    (tmp_path / "config.toml").unlink()
    assert b"zorblax" not in raw(tmp_path)


def test_a_message_erased_in_pieces_is_not_imported_again(memory: Memory) -> None:
    """Two secrets in one message, forgotten one after the other: the rest is still known."""
    said = [NewMessage("user", "My password is hunter2. My code is zorblax99. I sail.", source="a")]
    memory.recall.load(said)
    for word in ("hunter2", "zorblax99"):
        memory.forgetting.erase(Selection(query=word), USER)
    assert memory.recall.load(said).added == 0
    assert [message.text for message in memory.recall.latest(9)] == ["I sail."]


@pytest.mark.parametrize("keep", [False, True])
def test_a_whole_session(memory: Memory, tmp_path: Path, keep: bool) -> None:
    """A session is gone with its messages and, unless it is to be kept, with what was remembered from it."""
    session = tell(memory, "The zorblax is in Oslo.")
    stays = tell(memory, "I have a red bike.")
    memory.forgetting.erase_session(session, USER, keep_memories=keep)
    assert [info.id for info in memory.sessions.all()] == [stays]
    assert (b"zorblax" in raw(tmp_path)) is keep
    assert memory.core["human"].value.splitlines() == ["The zorblax is in Oslo."] * keep + ["I have a red bike."]
    assert found(memory, "red bike") >= 3


def test_a_whole_agent(store: Store, memory: Memory, other: Memory, tmp_path: Path) -> None:
    """Nothing of a removed agent is left in the home; another one is untouched."""
    tell(memory, "The zorblax is in Oslo.")
    tell(other, "I have a red bike.")
    assert store.remove_agent("ada").left == ()
    assert b"zorblax" not in raw(tmp_path)
    assert found(other, "red bike") >= 3


def test_by_time(memory: Memory, say: Say) -> None:
    """What was said since a day is forgotten, what was said before stays."""
    memory.recall.load([say("I sail.", day=1), say("We ski in Oslo.", day=5)])
    memory.forgetting.forget(Selection(since=datetime(2026, 1, 3, tzinfo=UTC), until=datetime(2026, 1, 9, tzinfo=UTC)))
    assert [message.text for message in memory.recall.latest(9)] == ["I sail."]
