"""`carrel memory export` and `import`: what an agent knows goes from one agent to another."""

from pathlib import Path

import pytest

from tests.cli.harness import Ran, carrel


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The file of an agent with a fact and a line of core memory."""
    carrel("memory", "add", "Ada keeps bees.", "--tag", "hobby")
    carrel("memory", "add", "住在罗马。", "--block", "human")
    path = tmp_path / "ada.jsonl"
    assert carrel("memory", "export", "-o", str(path), "--format", "carrel").code == 0
    return path


def test_export_is_readable(exported: Path) -> None:
    """Without more it is Markdown on standard output, the same as of carrel agent export."""
    ran = carrel("memory", "export")
    assert (ran.code, ran.err, "Ada keeps bees." in ran.out) == (0, "", True)
    assert ran.out == carrel("agent", "export", "default", "--format", "markdown").out


def test_import_adds_what_is_lacking(exported: Path) -> None:
    """The plan is printed first; a second time there is nothing to add."""
    arguments = ("memory", "import", str(exported), "-a", "ben")
    assert carrel(*arguments, "--dry-run").code == 4
    assert [row["name"] for row in carrel("agent", "ls", "--json").data] == ["default"]
    carrel("agent", "new", "ben")
    plan = "Agent 'ben' lacks 1 passage and 1 line of core memory. Known already: 1.\n"
    added = "  + human: 住在罗马。\n  + Ada keeps bees.\n"
    assert carrel(*arguments, "--dry-run") == Ran(0, f"{plan}{added}Nothing was imported.\n", "")
    refused = carrel(*arguments)
    assert (refused.code, refused.err) == (
        2,
        "Error: Importing into agent 'ben' needs a yes. Add --yes, or --dry-run.\n",
    )
    assert carrel(*arguments, "--yes") == Ran(0, f"{plan}{added}Imported.\n", "")
    assert carrel(*arguments, "--yes", "--json").data == {
        "agent": "ben",
        "passages": 0,
        "lines": 0,
        "known": 3,
        "refused": 0,
        "unknown_blocks": [],
        "dry_run": False,
    }
    assert "bees" in carrel("memory", "search", "bees", "-a", "ben").out
