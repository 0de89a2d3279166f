"""`carrel memory edit`, `pin` and `unpin`: a person corrects memory, and protects it from the agent."""

import sys
from pathlib import Path

import pytest

from tests.cli.harness import carrel


@pytest.mark.process
def test_edit_in_an_editor(tmp_path: Path) -> None:
    """The editor gets the text and its result is kept; one that fails or changes nothing changes nothing."""
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text('utf-8').replace('Oslo', '北京'), 'utf-8')\n",
        encoding="utf-8",
    )
    passage = carrel("memory", "add", "Ada lives in Oslo.", "--json").data["id"]
    editor = f"{sys.executable} {script}"
    edited = carrel("memory", "edit", passage, "--json", EDITOR=editor, VISUAL="").data
    assert carrel("memory", "show", edited["id"], "--json").data["text"] == "Ada lives in 北京."
    assert carrel("memory", "show", passage, "--json").data["state"] == "superseded"
    assert carrel("memory", "edit", edited["id"], EDITOR=editor, VISUAL="").out == "Nothing was changed.\n"
    assert carrel("memory", "edit", edited["id"], EDITOR="false", VISUAL="").code == 2
    assert carrel("memory", "edit", edited["id"], EDITOR="/no/editor", VISUAL="").code == 2


def test_edit_a_block_within_its_limit() -> None:
    """A block is rewritten by hand; what does not fit is refused and changes nothing."""
    carrel("agent", "new", "default")
    assert carrel("memory", "edit", "human", "--text", "Name: Ada").out == "Changed human.\n"
    assert carrel("memory", "edit", "human", "--text", "x" * 2001).code == 1
    assert carrel("memory", "show", "human", "--json").data["text"] == "Name: Ada"
    carrel("ask", "Hello there")
    message = carrel("memory", "ls", "--tier", "recall", "--json").data[0]["id"]
    assert carrel("memory", "edit", message, "--text", "Bye").code == 2


def test_pin_and_unpin() -> None:
    """A pinned block and a pinned passage are marked, and say so in their history."""
    carrel("agent", "new", "default")
    passage = carrel("memory", "add", "Ada lives in Oslo.", "--json").data["id"]
    for reference in (passage, "human"):
        assert carrel("memory", "pin", reference, "--json").data == {"id": reference, "pinned": True}
        assert carrel("memory", "unpin", reference).out == f"Unpinned {reference}.\n"
        ops = [event["op"] for event in carrel("memory", "history", reference, "--json").data]
        assert ops[-2:] == ["pin", "unpin"]
    assert carrel("memory", "pin", "nothing").code == 4
