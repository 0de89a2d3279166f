"""`carrel db check | path`: the outcome in a sentence, in JSON and as an exit code."""

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
            "unsound_agents": [],
            "unpaired": 0,
            "doubled": 0,
            "unfinished": 0,
            "repaired": 0,
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
