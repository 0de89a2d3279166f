"""`carrel memory map`: the picture, its legend and its coordinates."""

from pathlib import Path

from tests.cli.harness import carrel


def test_the_map(facts: dict[str, str]) -> None:
    """Each memory has a point and a group; the picture names the groups, and what is not embedded is counted."""
    data = carrel("memory", "map", "--json", **facts).data
    assert (data["by"], data["total"], data["without_vector"]) == ("tier", 3, 0)
    assert {point["text"] for point in data["points"]} == {"Ada keeps bees.", "Bob sails boats.", "小明喜欢喝茶。"}
    assert all(set(point) >= {"id", "tier", "x", "y", "session", "at", "group"} for point in data["points"])
    carrel("memory", "add", "Nobody embedded \x1b[31mthis.")
    drawn = carrel("memory", "map", **facts).out
    assert drawn.count("o") >= 3
    assert "o archival (3)" in drawn
    assert "3 of 4 memories" in drawn
    assert "1 have no vector yet" in drawn
    assert "\x1b" not in drawn


def test_groups(facts: dict[str, str]) -> None:
    """By age there are as many memories in each group; a passage without a session is in none."""
    groups = [point["group"] for point in carrel("memory", "map", "--by", "session", "--json", **facts).data["points"]]
    assert groups == ["no session"] * 3
    aged = carrel("memory", "map", "--by", "age", "--limit", "2", "--json", **facts).data["points"]
    assert len(aged) == 2
    assert all(" to " in point["group"] for point in aged)


def test_without_a_map(home: Path) -> None:
    """An empty agent, an embedder that is missing, an unknown agent and a wrong choice."""
    carrel("agent", "new", "default")
    assert (carrel("memory", "map").code, carrel("memory", "map", "-a", "nobody").code) == (3, 4)
    assert carrel("memory", "map", "--by", "mood").code == 2
    assert "No memory has a vector yet" in carrel("memory", "map", CARREL_EMBEDDER="local", CARREL_DEVICE="cpu").out
