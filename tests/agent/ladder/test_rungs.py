"""The rungs have an order."""

from carrel.agent.ladder.rungs import DESCRIPTIONS, RUNGS, rung_below, rungs_from


def test_each_rung_but_the_last_has_one_below() -> None:
    """From what asks most of a model to what asks least, each described."""
    assert [rung_below(rung) for rung in RUNGS] == [*RUNGS[1:], None]
    assert rungs_from("text") == ("text", "none")
    assert list(DESCRIPTIONS) == list(RUNGS)
