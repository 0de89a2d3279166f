"""`carrel agent export` and `import`: from one home to another, asked for, and as data."""

import json
from pathlib import Path

import pytest

from tests.cli.harness import Ran, carrel


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The file of an agent that was told something."""
    carrel("ask", "I keep bees.")
    path = tmp_path / "out.jsonl"
    assert carrel("agent", "export", "default", "-o", str(path)).code == 0
    return path


def test_export_reports(exported: Path) -> None:
    """What was written is told: to people in a sentence, to programs by field; standard output is the file itself."""
    ran = carrel("agent", "export", "default", "-o", str(exported))
    said = "2 blocks, 1 session, 1 turn, 4 messages, 2 changes, 1 search"
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"Wrote {exported}: 2 blocks, 1 session, 1 turn, 4 messages")
    data = carrel("agent", "export", "default", "-o", str(exported), "--json").data
    assert (data["agent"], data["file"], data["bytes"]) == ("default", str(exported), exported.stat().st_size)
    assert (data["counts"]["message"], data["masked"], len(said) > 0) == (4, 0, True)
    assert carrel("agent", "export", "default").out == exported.read_text(encoding="utf-8")


def test_import(exported: Path, tmp_path: Path) -> None:
    """In another home the agent knows what it knew; the plan is told before."""
    there = {"CARREL_HOME": str(tmp_path / "there")}
    dry = carrel("agent", "import", str(exported), "--dry-run", **there)
    assert dry.code == 0
    assert dry.out.startswith("New agent 'default': 2 blocks, 1 session, 1 turn, 4 messages")
    assert dry.out.endswith("Nothing was imported.\n")
    assert carrel("agent", "ls", "--json", **there).data == []
    assert carrel("agent", "import", str(exported), "--yes", **there).code == 0
    assert carrel("agent", "export", "default", **there).out == exported.read_text(encoding="utf-8")
    assert "bees" in carrel("ask", "What do I keep?", **there).out


def test_import_beside_itself(exported: Path) -> None:
    """In the same home it takes another name, and ids are replaced."""
    refused = carrel("agent", "import", str(exported), "--yes")
    assert (refused.code, "exists already" in refused.err) == (2, True)
    data = carrel("agent", "import", str(exported), "--as", "twin", "--yes", "--json").data
    assert (data["agent"], data["exported_as"], data["dry_run"]) == ("twin", "default", False)
    assert data["replaced_ids"] > 4
    assert [row["name"] for row in carrel("agent", "ls", "--json").data] == ["default", "twin"]


def test_nobody_says_yes(exported: Path) -> None:
    """Without a terminal and without --yes nothing is imported."""
    ran = carrel("agent", "import", str(exported), "--as", "twin")
    assert ran.code == 2
    assert ran.err == "Error: Importing agent 'twin' needs a yes. Add --yes, or --dry-run.\n"
    assert len(carrel("agent", "ls", "--json").data) == 1


def test_bad_files(exported: Path, tmp_path: Path) -> None:
    """A cut file, no file and an unknown agent are errors with the exit codes of their kinds."""
    exported.write_bytes(exported.read_bytes()[:-40])
    cut = carrel("agent", "import", str(exported), "--as", "twin", "--yes", "--json")
    assert (cut.code, cut.error["code"], cut.error["hint"]) == (2, "bad_file", "Nothing was imported.")
    assert carrel("agent", "import", str(tmp_path / "none"), "--yes").code == 2
    assert carrel("agent", "export", "nobody", "-o", str(tmp_path / "none")).code == 4
    assert carrel("agent", "export", "default", "--json") == Ran(
        2,
        "",
        json.dumps(
            {
                "error": {
                    "code": "usage",
                    "message": "--json prints a report, and the agent would be printed too.",
                    "hint": "Add -o FILE.",
                }
            }
        )
        + "\n",
    )
    assert not (tmp_path / "none").exists()


def test_from_others(tmp_path: Path) -> None:
    """Agents of Letta and mem0 come in, and know what they knew."""
    folder = Path(__file__).parents[1] / "formats" / "agents"
    dry = carrel("agent", "import", str(folder / "garden.af"), "--dry-run")
    assert dry.out.startswith("New agent 'garden-helper' from letta: 3 blocks, 1 session, 5 messages.")
    assert carrel("agent", "import", str(folder / "garden.af"), "--yes").code == 0
    data = carrel("agent", "import", str(folder / "memories.json"), "--as", "mine", "--yes", "--json").data
    assert (data["program"], data["counts"]["passage"]) == ("mem0", 3)
    shown = carrel("agent", "show", "garden-helper", "--json").data
    assert [block["label"] for block in shown["blocks"]] == ["persona", "human", "garden rules"]
    hits = carrel("memory", "search", "苹果树", "-a", "garden-helper", "--json").data["hits"]
    assert [hit["text"] for hit in hits] == ["我的花园里有三棵苹果树。"]
    hits = carrel("memory", "search", "peanuts", "-a", "mine", "--json").data["hits"]
    assert (hits[0]["tags"], hits[0]["source"][:8]) == (["health", "food"], "6f1b0c9e")
    assert carrel("db", "check").out == "All is well.\n"


def test_to_read(tmp_path: Path) -> None:
    """The page and the table are written like the file itself."""
    carrel("ask", "I keep bees.")
    page = tmp_path / "page.md"
    assert carrel("agent", "export", "default", "--format", "markdown", "-o", str(page)).code == 0
    assert "> I keep bees." in page.read_text(encoding="utf-8")
    table = carrel("agent", "export", "default", "--format", "csv")
    assert (table.code, table.out.splitlines()[0]) == (
        0,
        "id,text,tags,at,state,origin,source,document,successor,session,turn",
    )
    assert carrel("agent", "export", "default", "--format", "pdf").code == 2
