"""The check of the whole database finds what is wrong, and only that."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.memory.db.schema import messages, queue, tool_runs, turns
from carrel.memory.turns.queue import ORPHANED
from carrel.memory.upkeep.check import Check, check, repair
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from tests.cli.harness import carrel

SOUND = Check(integrity=(), references=0, index="not built", unsound=(), unpaired=0, doubled=0, unfinished=0)
TWO = calls(call("archival_insert", text="Bees."), call("recall_search", query="bees"))


def talked(home: Path, change: Callable[[Agent, sa.Connection], None] | None = None) -> None:
    """Hold a conversation with calls, then change what is on disk."""
    with Carrel.open(home, ScriptedModel([TWO, say("Noted.")]), "none") as client:
        ada = client.agent("ada")
        ada.session().send("I keep bees.")
        if change:
            with ada.memory.scope.database.write() as connection:
                change(ada, connection)


def checked(home: Path) -> Check:
    """Check a home."""
    with Carrel.open(home, "offline", "none") as client:
        return check(client.store)


def test_a_home_is_sound(home: Path) -> None:
    """After a conversation all is well, for programs and for people."""
    talked(home)
    assert checked(home) == SOUND
    ran = carrel("db", "check", "--json")
    assert ran.data["sound"] is True
    assert (carrel("db", "check").out, carrel("db", "path").out) == ("All is well.\n", f"{home / 'carrel.db'}\n")


def lose_result(ada: Agent, connection: sa.Connection) -> None:
    """Take a result away, as old data may lack it."""
    lost = connection.execute(sa.select(messages.c.n).where(messages.c.role == "tool").limit(1)).scalar_one()
    connection.execute(sa.delete(queue).where(queue.c.message_n == lost))
    connection.execute(sa.delete(messages).where(messages.c.n == lost))


def double_result(ada: Agent, connection: sa.Connection) -> None:
    """Store a result a second time."""
    stored = next(message for message in ada.recall.latest(9) if message.tool)
    columns = [column for column in messages.c if column.name not in {"n", "id"}]
    chosen = sa.select(sa.literal("m-twice"), *columns).where(messages.c.n == stored.n)
    connection.execute(messages.insert().from_select(["id", *(column.name for column in columns)], chosen))


def run_on(ada: Agent, connection: sa.Connection) -> None:
    """Leave the turn running."""
    connection.execute(sa.update(turns).values(state="running"))


def refer_to_nothing(ada: Agent, connection: sa.Connection) -> None:
    """Break a reference."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.execute(sa.update(tool_runs).values(turn_id="t-gone").where(tool_runs.c.position == 0))


@pytest.mark.parametrize(
    ("change", "field", "number"),
    [
        (lose_result, "unpaired", 1),
        (double_result, "doubled", 1),
        (run_on, "unfinished", 1),
        (refer_to_nothing, "references", 1),
    ],
)
def test_what_is_wrong_is_found(
    home: Path, change: Callable[[Agent, sa.Connection], None], field: str, number: int
) -> None:
    """Each kind of damage is counted, and is a problem unless the next message mends it."""
    talked(home, change)
    found = checked(home)
    assert getattr(found, field) == number
    assert len(found.problems) == (field != "unfinished")
    assert carrel("db", "check").code == (field != "unfinished")


def test_a_lost_result_is_replaced(home: Path) -> None:
    """By the next message of the session, or by --repair; the model reads that it was lost."""
    talked(home, lose_result)
    ran = carrel("db", "check", "--repair")
    assert (ran.code, ran.out) == (0, "1 lost result replaced by a note that says so.\nAll is well.\n")
    model = ScriptedModel([say("Once more.")])
    with Carrel.open(home, model, "none") as client:
        assert repair(client.store) == 0
        client.agent("ada").session("last").send("And?")
    _, _, asked, *results, _, user = model.requests[0].messages
    assert [getattr(result, "call_id", None) for result in results] == [made.id for made in getattr(asked, "calls", ())]
    assert [result.text == ORPHANED for result in results] == [True, False]
    assert user.role == "user"


def test_the_next_message_repairs_its_session(home: Path) -> None:
    """A server would refuse a call without a result in every request; so none is ever sent."""
    talked(home, lose_result)
    model = ScriptedModel([say("Once more.")])
    with Carrel.open(home, model, "none") as client:
        client.agent("ada").session("last").send("And?")
        assert check(client.store) == SOUND
    assert [
        message.role for message in model.requests[0].messages
    ] == "system user assistant tool tool assistant user".split()


def test_a_damaged_file_is_told(home: Path) -> None:
    """A file that SQLite cannot read is an error in words."""
    talked(home)
    (home / "carrel.db").write_bytes(b"This is no database. " * 500)
    ran = carrel("db", "check")
    assert (ran.code, "is damaged" in ran.err) == (1, True)
