"""Between conversations the agent puts its memory in order; whatever stops it, no change is made twice."""

from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.errors import Busy, ModelUnreachable, NotFound
from carrel.models.chat.scripted import Item, ScriptedAnswer, ScriptedModel, call, calls, say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Request
from tests.reviewing import consolidated, kept, talked

COUNTER = Estimator()


def test_facts_move_to_core_and_archival(home: Path) -> None:
    """The agent reads what was said and edits by its own tools; every change has its cause."""
    talked(home, ["I moved to Bergen in May.", "My cat Tofu is six."])
    with Carrel.open(home, "offline", "none") as carrel:
        old = carrel.agent("ada").archival.insert("Ada lives in Oslo.").passage
    script = [
        call("archival_search", query="where Ada lives"),
        calls(
            call("archival_update", id=old.id, text="Ada has lived in Bergen since May."),
            call("core_memory_append", label="human", content="Lives in Bergen; cat Tofu."),
        ),
        say("Done."),
    ]
    reviewed, ada, model = consolidated(home, script)
    assert [(item.messages, item.calls) for item in reviewed] == [
        (2, (("archival_search", True), ("archival_update", True), ("core_memory_append", True)))
    ]
    assert "Ada: I moved to Bergen in May." in model.requests[0].messages[1].text
    assert old.id in model.requests[1].messages[-1].text
    assert ada.archival.get(old.id).state == "superseded"
    assert ada.core["human"].value == "Lives in Bergen; cat Tofu."
    (event,) = [event for event in ada.memory.history("core", "human") if event.op == "append"]
    assert (event.actor, event.turn, event.reason) == ("agent", None, "consolidation")
    assert ada.counts.turns == 0


def test_what_was_reviewed_is_not_reviewed_again(home: Path) -> None:
    """A second run begins where the first ended; where nothing is new the model is not asked."""
    talked(home, ["One.", "Two."])
    assert [item.messages for item in consolidated(home, [say("Done.")])[0]] == [2]
    assert consolidated(home, [])[0] == []
    talked(home, ["One.", "Two.", "Three."])
    reviewed, _, model = consolidated(home, [say("Done.")])
    assert [item.messages for item in reviewed] == [1]
    assert "Two." not in model.requests[0].messages[1].text


@pytest.mark.parametrize("window", [2000, 4000, 8000])
def test_long_talks_are_reviewed_in_portions(home: Path, window: int) -> None:
    """Every message is seen once, in order, in requests that fit the window."""
    talked(home, [f"Message {n}: " + "walnut 核桃 " * 30 for n in range(40)])
    reviewed, _, model = consolidated(home, lambda request: say("Done."), window=window, consolidate_tokens=10**6)
    assert sum(item.messages for item in reviewed) == 40
    assert len(reviewed) == len(model.requests) > 2
    seen = [line for r in model.requests for line in r.messages[1].text.splitlines()[1:]]
    assert [line.partition(": ")[2].partition(":")[0] for line in seen] == [f"Message {n}" for n in range(40)]
    for request in model.requests:
        assert sum(COUNTER.count(message.text) for message in request.messages) + (request.max_tokens or 0) < window


@pytest.mark.slow
def test_the_budget_ends_a_run(home: Path) -> None:
    """Once the tokens are spent no further portion is begun, and the next run goes on."""
    talked(home, ["walnut " * 300 for _ in range(20)])
    first, _, _ = consolidated(home, lambda request: say("Done."), consolidate_tokens=6000)
    assert 0 < sum(item.messages for item in first) < 20
    second, _, _ = consolidated(home, lambda request: say("Done."), consolidate_tokens=10**6)
    assert sum(item.messages for item in [*first, *second]) == 20


@pytest.mark.parametrize(
    ("script", "values", "left"),
    [
        ([ModelUnreachable("Down.")], "", 2),
        ([call("recall_search", query="a"), ModelUnreachable("Down.")], "", 2),
        ([call("core_memory_append", label="human", content="A."), ModelUnreachable("Down.")], "A.", 0),
    ],
)
def test_a_run_that_breaks_repeats_nothing(home: Path, script: list[Item], values: str, left: int) -> None:
    """A portion is marked with its first edit, so that none is repeated, and stays unreviewed before."""
    talked(home, ["One.", "Two."])
    with pytest.raises(ModelUnreachable):
        consolidated(home, script)
    with Carrel.open(home, "offline", "none") as carrel:
        ada = carrel.agent("ada")
        assert (ada.core["human"].value, ada.memory.review_cursor.count_unreviewed()) == (values, left)


def test_calls_that_fail_change_nothing(home: Path) -> None:
    """A refused edit and an unknown tool are results that the model reads; tools that act outside are not offered."""
    talked(home, ["One."])
    script = [
        calls(call("core_memory_replace", label="human", old="x", new="y"), call("send_mail", to="all")),
        call("archival_insert", text="Kept."),
        say("Done."),
    ]
    reviewed, ada, model = consolidated(home, script)
    assert [ok for _, ok in reviewed[0].calls] == [False, False, True]
    assert [message.text.startswith("Error:") for message in model.requests[1].messages[-2:]] == [True, True]
    assert [passage.text for passage in ada.archival.latest(9)] == ["Kept."]


def test_a_model_without_end_is_stopped(home: Path) -> None:
    """A model that never stops searching is asked a few times and no more."""
    talked(home, ["One."])
    reviewed, _, model = consolidated(home, lambda request: call("recall_search", query="one"))
    assert len(model.requests) == 6
    assert len(reviewed) == 1


def test_two_at_once_do_not_edit_twice(home: Path) -> None:
    """A second run is refused before it asks or changes anything, and the first goes on; after it all is free again."""
    talked(home, ["One."])
    other = ScriptedModel([say("Done.")])

    def slow(request: Request) -> Item:
        with Carrel.open(home, other, "none") as carrel, pytest.raises(Busy, match="'ada' is being consolidated else"):
            list(carrel.agent("ada").consolidate())
        return call("archival_insert", text="Once.") if len(request.messages) == 2 else say("Done.")

    reviewed, _, _ = consolidated(home, slow)
    assert [item.calls for item in reviewed] == [(("archival_insert", True),)]
    assert (kept(home), other.requests) == ((["Once."], 0), [])
    talked(home, ["One.", "Two."])
    assert [item.messages for item in consolidated(home, [say("Done.")])[0]] == [1]


def test_a_session_that_ends_meanwhile_waits_for_nobody(home: Path) -> None:
    """Where another run goes on the end of a session is silent, and what was said in it is reviewed by that run."""
    talked(home, ["walnut " * 300 for _ in range(6)])
    asked: list[int] = []

    def slow(request: Request) -> Item:
        if not asked:
            model = ScriptedModel([say("Fine.")])
            carrel = Carrel.open(home, model, "none", flags={"consolidate": True})
            with carrel, carrel.agent("ada").session() as chat:
                chat.send("My dog is Rex")
        asked.append(1)
        return say("Done.")

    reviewed, _, _ = consolidated(home, slow, window=4000)
    assert sum(item.messages for item in reviewed) == 8
    assert kept(home) == ([], 0)


@pytest.mark.slow
def test_an_agent_holds_up_no_other(home: Path) -> None:
    """Each agent is reviewed by itself; a run that was left in its middle gives the agent back."""
    talked(home, ["walnut " * 300 for _ in range(20)])
    talked(home, ["One."], "bob")
    with Carrel.open(home, ScriptedModel(lambda request: say("Done.")), "none") as carrel:
        run = carrel.agent("ada").consolidate()
        next(run)
        assert [item.messages for item in carrel.agent("bob").consolidate()] == [1]
        with pytest.raises(Busy):
            next(carrel.agent("ada").consolidate())
        del run
        assert next(carrel.agent("ada").consolidate()).messages


@pytest.mark.parametrize(("wanted", "stored"), [(True, ["Rex is a dog."]), (False, [])])
def test_it_runs_after_a_session_where_it_is_set(home: Path, wanted: bool, stored: list[str]) -> None:
    """By setting, leaving a session reviews what was said in it."""

    def answer(request: Request) -> ScriptedAnswer:
        reviewing = request.messages[0].text.startswith("You look after a memory")
        last = request.messages[-1].text
        return call("archival_insert", text="Rex is a dog.") if reviewing and "Stored" not in last else say("Fine.")

    with Carrel.open(home, ScriptedModel(answer), "none", flags={"consolidate": wanted}) as carrel:
        ada = carrel.agent("ada")
        with ada.session() as chat:
            chat.send("My dog is Rex")
        assert [passage.text for passage in ada.archival.latest(9)] == stored


def test_a_failure_after_a_session_is_no_error(home: Path) -> None:
    """A model that is gone when the session ends does not spoil the session."""
    model = ScriptedModel([say("Fine."), ModelUnreachable("Down.")])
    with Carrel.open(home, model, "none", flags={"consolidate": True}) as carrel:
        with carrel.agent("ada").session() as chat:
            chat.send("Hello")
        assert carrel.agent("ada").memory.review_cursor.count_unreviewed() == 2


def test_an_edit_that_fails_does_not_mark(home: Path) -> None:
    """A portion of which nothing was stored before the model went is reviewed the next time."""
    talked(home, ["One."])
    with pytest.raises(ModelUnreachable):
        consolidated(home, [call("core_memory_replace", label="human", old="x", new="y"), ModelUnreachable("Down.")])
    assert [item.messages for item in consolidated(home, [say("Done.")])[0]] == [1]


@pytest.mark.parametrize("answer", [call("archival_insert", text="Twice."), say("Done.")])
def test_the_mark_never_moves_back(home: Path, answer: ScriptedAnswer) -> None:
    """Where the mark was moved meanwhile nothing is changed, and it stays where it is."""
    talked(home, ["One."])

    def slow(request: Request) -> Item:
        talked(home, ["One.", "Two."])
        with Carrel.open(home, "offline", "none") as other:
            cursor = other.agent("ada").memory.review_cursor
            cursor.advance(cursor.unreviewed(9)[1][-1], 0)
        return answer

    with pytest.raises(Busy, match="consolidated elsewhere"):
        consolidated(home, slow)
    assert kept(home) == ([], 0)


def test_a_portion_that_was_changed_is_finished(home: Path) -> None:
    """Once its first change stands a review goes on to its end, though the mark has moved on, which stays there."""
    talked(home, ["One."])

    def second(request: Request) -> Item:
        talked(home, ["One.", "Two."])
        with Carrel.open(home, "offline", "none") as other:
            cursor = other.agent("ada").memory.review_cursor
            position, unreviewed = cursor.unreviewed(9)
            cursor.advance(unreviewed[-1], position)
        return call("archival_insert", text="B.")

    reviewed, _, _ = consolidated(home, [call("archival_insert", text="A."), second, say("Done.")])
    assert [item.calls for item in reviewed] == [(("archival_insert", True), ("archival_insert", True))]
    assert kept(home) == (["A.", "B."], 0)


@pytest.mark.parametrize(
    "answer", [call("archival_insert", text="A."), call("recall_search", query="one"), say("Done.")]
)
def test_an_agent_that_is_removed_meanwhile(home: Path, answer: ScriptedAnswer) -> None:
    """The run ends with a word that says so, and asks nothing more."""
    talked(home, ["One."])

    def remove(request: Request) -> ScriptedAnswer:
        with Carrel.open(home, "offline", "none") as other:
            other.agents.remove("ada")
        return answer

    model = ScriptedModel([remove, say("Done.")])
    with Carrel.open(home, model, "none") as carrel, pytest.raises(NotFound, match="'ada' was removed meanwhile"):
        list(carrel.agent("ada").consolidate())
    assert len(model.requests) == 1


def test_the_lock_is_for_its_owner_alone(home: Path) -> None:
    """As the database is, whatever the program's umask."""
    talked(home, ["One."])
    consolidated(home, [say("Done.")])
    (lock,) = home.glob("carrel.consolidation-*-lock")
    assert lock.stat().st_mode & 0o077 == 0


def test_core_memory_is_seen_as_it_is(home: Path) -> None:
    """What the user changed between two requests stands in the second."""
    talked(home, ["One."])
    seen: list[str] = []

    def answer(request: Request) -> Item:
        seen.append(request.messages[0].text)
        if len(seen) == 1:
            with Carrel.open(home, "offline", "none") as other:
                other.agent("ada").core.rethink("human", "Allergic to peanuts.")
            return call("recall_search", query="one")
        return say("Done.")

    consolidated(home, answer)
    assert ["Allergic to peanuts." in text for text in seen] == [False, True]


OLD, NEW = "Lives in Oslo.", "Lives in Bergen. Allergic to nuts."


@pytest.mark.parametrize(
    ("edit", "told", "after"),
    [
        (
            call("core_memory_rethink", label="human", value="Lives in Oslo; cat Tofu."),
            "has changed since you read it",
            NEW,
        ),
        (call("core_memory_replace", label="human", old=OLD, new="Lives in Rome."), "does not occur in block", NEW),
        (call("core_memory_append", label="human", content="Cat Tofu."), "now holds", f"{NEW}\nCat Tofu."),
    ],
)
def test_the_users_words_are_not_written_over(home: Path, edit: ScriptedAnswer, told: str, after: str) -> None:
    """An edit that rests on what the user has changed meanwhile fails, and the model sees what is there."""
    talked(home, ["One."])

    def answer(request: Request) -> Item:
        if len(request.messages) > 2:
            return say("Done.")
        with Carrel.open(home, "offline", "none") as other:
            other.agent("ada").core.rethink("human", NEW)
        return edit

    with Carrel.open(home, "offline", "none") as carrel:
        carrel.agent("ada").core.rethink("human", OLD)
    _, ada, model = consolidated(home, answer)
    assert told in model.requests[1].messages[-1].text
    assert NEW in model.requests[1].messages[0].text
    assert ada.core["human"].value == after


def test_the_agent_may_write_a_block_anew(home: Path) -> None:
    """What it changed itself is no reason to refuse, in one reply or in the next."""
    talked(home, ["One."])
    added = call("core_memory_append", label="human", content="Cat Tofu.")
    anew = [call("core_memory_rethink", label="human", value=f"Cat Tofu {n}.") for n in range(2)]
    reviewed, ada, _ = consolidated(home, [calls(added, anew[0]), anew[1], say("Done.")])
    assert [ok for _, ok in reviewed[0].calls] == [True] * 3
    assert ada.core["human"].value == "Cat Tofu 1."
