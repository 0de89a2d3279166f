"""`carrel memory stats`: how much there is in each tier, in the bin and on disk."""

from pathlib import Path

from tests.cli.harness import carrel


def test_stats(home: Path) -> None:
    """Counts agree with what was stored and forgotten."""
    carrel("ask", "My name is Ada.")
    passage = carrel("memory", "add", "Ada lives in Oslo.", "--json").data["id"]
    carrel("memory", "forget", passage)
    data = carrel("memory", "stats", "--json").data
    assert (data["recall"], data["archival"], data["sessions"], data["turns"], data["bin"]) == (2, 0, 1, 1, 1)
    assert data["bytes"] == (home / "carrel.db").stat().st_size
    assert "archival\t0" in carrel("memory", "stats").out
