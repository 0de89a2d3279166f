"""`carrel memory undo` and `redo`: a whole turn, and back again."""

from datetime import date

from tests.cli.harness import carrel


def test_undo_and_redo() -> None:
    """The turn's messages and what it wrote are gone, and come back; there is nothing more to undo or redo."""
    turn = carrel("ask", "My name is Ada.", "--json").data["turn"]
    done = carrel("memory", "undo", turn, "--json").data
    assert (done["turn"], [change["ref"] for change in done["changes"]]) == (turn, ["human"])
    assert carrel("agent", "show", "--json").data["counts"]["recall"] == 0
    assert carrel("memory", "show", "human", "--json").data["text"] == ""
    assert carrel("memory", "undo").code == 4
    assert carrel("memory", "redo").out.splitlines()[1] == f"  human: append My name is Ada. [{date.today()}]"
    assert carrel("memory", "show", "human", "--json").data["text"] == f"My name is Ada. [{date.today()}]"
    assert carrel("memory", "redo").code == 4
    carrel("memory", "edit", "human", "--text", "Eve")
    refused = carrel("memory", "undo", "--json")
    assert (refused.code, refused.error["code"]) == (1, "conflict")
