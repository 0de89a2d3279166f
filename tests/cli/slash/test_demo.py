"""/demo: a story of two sessions."""

from carrel.cli.slash.demo import FIRST, LATER
from tests.cli.harness import carrel


def test_the_story_remembers_and_leaves_nothing() -> None:
    """Each question of the second session is answered from the first, a month before; the user's memory stays empty."""
    ran = carrel("chat", stdin="/demo\n/memory\n")
    answers = ran.out.splitlines()
    assert answers[: len(FIRST)] == ["Noted."] * len(FIRST)
    marie, peanuts, porto = answers[len(FIRST) :]
    assert (marie.split(".")[0], peanuts.split(".")[0]) == ("Marie", "Peanuts")
    assert porto.startswith("Porto")
    assert "before that Bonn" in porto
    assert [line for line in ran.err.splitlines() if line.startswith("> ")] == [f"> {text}" for text in FIRST + LATER]
    assert ran.err.endswith("0 messages in recall, 0 passages in archival\n")
