"""`carrel memory forget`, `restore` and `purge`: the shapes that programs rely on, and what is refused."""

from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from tests.cli.harness import carrel, write_jsonl

SECRET = "My password is hunter2."


@pytest.fixture
def message(home: Path) -> str:
    """A home in which a secret was said and a line about bees; the id of the message."""
    carrel("ask", SECRET)
    carrel("ask", "I keep bees.")
    rows = carrel("memory", "ls", "--tier", "recall", "--json").data
    return str(next(row["id"] for row in rows if "hunter2" in row["text"]))


def test_a_dry_run_says_what_would_be_forgotten(message: str) -> None:
    """The plan has the shape of the result, and nothing is changed."""
    data = carrel("memory", "forget", message, "--dry-run", "--json").data
    assert data["forgotten"] == []
    assert {"id": message, "tier": "recall", "kind": "message"} in data["would"]
    assert {"messages", "passages", "vectors", "summaries", "requests", "events"} <= data["cascade"].keys()
    assert (data["hard"], data["left"]) == (False, [])
    said = carrel("memory", "forget", message, "--dry-run").out
    assert SECRET in said
    assert said.endswith("Nothing was changed.\n")
    assert carrel("memory", "search", "hunter2", "--json").data["total"] > 0


def test_forget_and_restore(message: str) -> None:
    """What is forgotten is not found, and is found again once it is restored by its id without its letter."""
    done = carrel("memory", "forget", message[2:], "--json").data
    assert {"id": message, "tier": "recall", "kind": "message"} in done["forgotten"]
    assert carrel("memory", "search", "hunter2", "--json").data["total"] == 0
    assert "hunter2" not in carrel("memory", "ls").out + carrel("ask", "What is my password?").out
    carrel("memory", "undo")
    assert "human" in carrel("memory", "restore", message[2:], "--json").data["restored"]
    assert carrel("memory", "search", "hunter2", "--json").data["total"] > 0
    assert "hunter2" in carrel("memory", "show", "human", "--json").data["text"]
    assert carrel("memory", "restore", done["restore"]).code == 4


def test_forget_for_good(home: Path, message: str) -> None:
    """Erasing needs a yes; afterwards the proof finds nothing, and before it says where the text stands."""
    before = carrel("memory", "forget", "--prove", "hunter2", "--json")
    assert (before.code, before.data["found"].keys() >= {"carrel.db"}) == (1, True)
    assert carrel("memory", "forget", message, "--hard").code == 2
    (home / "export.txt").write_text(SECRET, encoding="utf-8")
    data = carrel("memory", "forget", message, "--hard", "--yes", "--json").data
    assert (data["hard"], [item["where"] for item in data["left"]]) == (True, ["export.txt"])
    (home / "export.txt").unlink()
    after = carrel("memory", "forget", "--prove", "hunter2")
    assert after.code == 0
    assert after.out.endswith("It is nowhere.\n")
    assert carrel("memory", "search", "bees", "--json").data["total"] > 0


def test_forget_what_is_on_the_screen(home: Path, message: str) -> None:
    """The last turn goes with what it wrote and what its answer quotes; other memories stay."""
    assert "hunter2" in carrel("ask", "What is my password?").out
    said = carrel("memory", "forget", "--turn", "last", "--dry-run", "--json").data["would"]
    assert {"id": message, "tier": "recall", "kind": "message"} in said
    assert carrel("memory", "forget", "--turn", "last").code == 0
    assert "hunter2" not in carrel("memory", "ls").out
    assert carrel("memory", "search", "bees", "--json").data["total"] > 0
    with Carrel.open(home, "offline", "none") as opened:
        opened.agent("default").session().send("What do I keep?")
        assert any("bees" in item.text for item in opened.forget(turn="last").items)
    assert carrel("memory", "search", "bees", "--json").data["total"] == 0


def test_the_bin_is_emptied(message: str) -> None:
    """Purge needs a yes, and leaves nothing to restore."""
    carrel("memory", "forget", message)
    assert carrel("memory", "stats", "--json").data["bin"] > 0
    assert carrel("memory", "purge").code == 2
    assert carrel("memory", "purge", "--yes").code == 0
    assert carrel("memory", "stats", "--json").data["bin"] == 0
    assert carrel("memory", "forget", "--prove", "hunter2").code == 0
    assert carrel("memory", "restore", message).code == 4


def test_what_is_refused(home: Path, message: str, tmp_path: Path) -> None:
    """Unknown and ambiguous ids, ids of another agent, nothing said and everything meant: each with its code."""
    carrel("ask", "Hello there", "-a", "bob")
    for arguments, code in (
        (("m-nothing",), 4),
        (("m-",), 2),
        (("--turn", "nothing"), 4),
        ((message, "-a", "bob"), 4),
        ((message, "-a", "nobody"), 4),
        ((), 2),
        (("--query", "zebra"), 4),
        (("--session", "nowhere"), 4),
        (("--since", "soon"), 2),
    ):
        assert carrel("memory", "forget", *arguments).code == code, arguments
    letters = write_jsonl(tmp_path / "l.jsonl", *({"role": "user", "text": f"Walnut {n}."} for n in range(3)))
    carrel("import", str(letters), "-a", "eve")
    refused = carrel("memory", "forget", "--query", "walnut", "-a", "eve")
    assert (refused.code, "everything that 'eve' remembers: 3 items" in refused.err) == (2, True)
    assert carrel("memory", "forget", "--query", "walnut", "-a", "eve", "--yes").code == 0
    assert carrel("memory", "ls", "-a", "bob", "--json").data
