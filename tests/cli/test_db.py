"""`carrel db check | backup | restore | upgrade | path`: the outcome in a sentence, in JSON and as an exit code."""

import json
from pathlib import Path

from tests.cli.harness import Ran, carrel, sql


def test_a_sound_database_is_reported_as_one(home: Path) -> None:
    """Exit 0, one line for people, and every count zero for programs."""
    carrel("ask", "I keep bees.")
    assert carrel("db", "check") == Ran(0, "All is well.\n", "")
    ran = carrel("db", "check", "--json")
    assert json.loads(ran.out) == {
        "schema": "carrel/db.check@1",
        "data": {
            "sound": True,
            "integrity": [],
            "references": 0,
            "index": "not built",
            "unsound_agents": [],
            "unpaired": 0,
            "doubled": 0,
            "unfinished": 0,
            "text_calls": 0,
            "thoughts": 0,
            "repaired": 0,
            "cleaned": 0,
        },
    }


def test_an_unfinished_turn_is_mentioned_and_no_failure(home: Path) -> None:
    """A turn that a stopped program left running needs no repair: the next message closes it."""
    carrel("ask", "I keep bees.")
    sql(home, "UPDATE turns SET state = 'running'")
    ran = carrel("db", "check")
    assert ran == Ran(0, "1 turn cut short; the next message closes it, /retry resumes it.\nAll is well.\n", "")


def test_what_repair_cannot_mend_is_a_failure(home: Path) -> None:
    """A result without its call stays a problem after --repair: a line that names it, and exit 1."""
    carrel("ask", "I keep bees.")
    sql(home, "UPDATE messages SET call_id = 'another' WHERE role = 'tool'")
    before = carrel("db", "check")
    assert before.code == 1
    assert before.out.splitlines()[-1] == "Something needs attention, see above."
    assert before.out.startswith("! 2 calls and results without each other: run carrel db check --repair\n")
    assert carrel("db", "check", "--repair", "--json").data["unpaired"] == 1


def test_path_is_where_the_database_belongs(home: Path) -> None:
    """The path is printed whether or not the file exists, and nothing is made."""
    assert carrel("db", "path") == Ran(0, f"{home / 'carrel.db'}\n", "")
    assert not home.exists()


def test_backup_and_restore(home: Path, tmp_path: Path) -> None:
    """A backup is written and restored; what was there is kept; without a yes nothing happens."""
    carrel("ask", "I keep bees.")
    copy = tmp_path / "copy.db"
    assert carrel("db", "backup", str(copy)) == Ran(0, f"Wrote {copy}.\n", "")
    carrel("agent", "new", "ada")
    refused = carrel("db", "restore", str(copy))
    assert (refused.code, refused.err) == (2, f"Error: Restoring '{copy}' needs a yes. Add --yes.\n")
    data = carrel("db", "restore", str(copy), "--yes", "--json").data
    assert (data["file"], Path(data["kept"]).parent) == (str(copy), home / "backups")
    assert [row["name"] for row in carrel("agent", "ls", "--json").data] == ["default"]
    assert "bees" in carrel("ask", "What do I keep?").out
    assert carrel("db", "restore", data["kept"], "--yes").out.startswith(f"Restored {data['kept']}.\nThe database that")
    assert len(carrel("agent", "ls", "--json").data) == 2


def test_backup_among_the_others(home: Path) -> None:
    """Without a file the backup is in the home, and its path and size are told."""
    carrel("ask", "I keep bees.")
    data = carrel("db", "backup", "--json").data
    assert Path(data["file"]).parent == home / "backups"
    assert data["bytes"] == Path(data["file"]).stat().st_size


def test_no_database(home: Path, tmp_path: Path) -> None:
    """Without a database there is nothing to back up or to upgrade, and nothing is made."""
    assert [carrel("db", command).code for command in ("backup", "upgrade")] == [4, 4]
    assert carrel("db", "restore", str(tmp_path / "none"), "--yes").code == 2
    assert not home.exists()


def test_upgrade(home: Path) -> None:
    """A database at the head needs no upgrade."""
    carrel("ask", "I keep bees.")
    data = carrel("db", "upgrade", "--json").data
    assert (data["from"], data["backup"]) == (data["to"], None)
    assert carrel("db", "upgrade").out == f"Revision {data['to']} is the newest.\n"


def test_a_lost_database_is_not_a_new_home(home: Path) -> None:
    """An emptied database is refused with the backup to restore, which brings everything back."""
    carrel("ask", "I keep bees.")
    copy = carrel("db", "backup", "--json").data["file"]
    (home / "carrel.db").write_bytes(b"")
    ran = carrel("ask", "I like tea.", "--json")
    assert (ran.code, ran.error["code"]) == (1, "store_failed")
    assert ran.error["hint"].startswith(f"Run carrel db restore '{copy}'.")
    assert carrel("db", "restore", copy, "--yes").code == 0
    assert "bees" in carrel("ask", "What do I keep?").out
