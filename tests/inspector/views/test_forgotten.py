"""The bin is shown with what is in it, and for how long it can be restored."""

from tests.inspector.conftest import Ask


def test_the_bin_is_shown(ask: Ask) -> None:
    """A passage and a line are in it, with who forgot the passage and when."""
    found = ask("bin")
    item = found["items"][0]
    assert (item["tier"], item["text"], item["actor"]) == ("archival", "The code of the gate is 4711.", "user")
    assert item["at"]
    assert [(line["id"], line["text"]) for line in found["lines"]] == [("human:1", "Was in Lisbon.")]
    assert (found["total"], found["page"], found["pages"], found["kept_days"]) == (1, 1, 1, 30)
    assert ask("bin", agent="ada")["items"] == []
