"""A model stands on the rung that is set or was found out, and is moved down after two failures in a row."""

import pytest

from carrel.agent.ladder.ladder import KnownRung, Ladder, RungChange
from carrel.messages import Usage
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.rendering.written_calls import render_reply_action

CALLS = call("note_word", word="teapot")


def kept(known: KnownRung | None, fixed: bool = False) -> tuple[Ladder, list[KnownRung]]:
    """Return a ladder, and the list of what it remembers."""
    found: list[KnownRung] = []
    return Ladder(known, keep=found.append, fixed=fixed), found


def settled(ladder: Ladder, model: ScriptedModel) -> RungChange | None:
    """Return what is found without a repeated attempt."""
    with pytest.raises(StopIteration) as stopped:
        next(ladder.settle(model))
    change: RungChange | None = stopped.value.value
    return change


def test_an_unknown_model_is_found_out_once() -> None:
    """What was found is remembered and used from then on."""
    ladder, found = kept(None)
    assert (ladder.rung, ladder.tools) == ("native", "all")
    model = ScriptedModel([say("Hm."), say(render_reply_action("Hello."))])
    change = settled(ladder, model)
    assert change == RungChange("action", None, 2, Usage(calls=2))
    assert (ladder.rung, ladder.tools, found) == ("action", "core", [KnownRung("action", "found by probing")])
    assert settled(ladder, model) is None


def test_two_failures_in_a_row_move_a_model_down() -> None:
    """A reply that keeps to the contract in between starts the count anew; it is remembered over restarts."""
    ladder, found = kept(KnownRung("native"))
    for obeyed in (True, False, True, False):
        ladder.count(obeyed)
    assert settled(ladder, ScriptedModel([])) is None
    assert [known.failures for known in found] == [1, 0, 1]
    ladder.count(False)
    again = Ladder(found[-1])
    assert settled(again, ScriptedModel([say(render_reply_action("Hello."))])) == RungChange(
        "action", "native", 1, Usage(calls=1)
    )


@pytest.mark.parametrize(("known", "fixed"), [(KnownRung("native", "", 9), True), (KnownRung("none", "", 9), False)])
def test_who_cannot_be_moved_stays(known: KnownRung, fixed: bool) -> None:
    """A rung that the user has set, and the last one."""
    ladder, found = kept(known, fixed=fixed)
    assert settled(ladder, ScriptedModel([])) is None
    assert (ladder.rung, found) == (known.rung, [])


def test_the_tools_can_be_set() -> None:
    """All of them for a model that can handle them, or the few of the core."""
    assert Ladder(KnownRung("action"), tools="all").tools == "all"
    assert Ladder(KnownRung("native"), tools="core").tools == "core"


def test_a_fixed_rung_counts_nothing() -> None:
    """Nothing would come of it."""
    ladder, found = kept(KnownRung("native"), fixed=True)
    ladder.count(False)
    assert found == []
