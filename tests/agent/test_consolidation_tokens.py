"""A run sends and receives no more than it may, and a portion is as long as its server takes."""

from pathlib import Path
from typing import Any

import pytest

from carrel.agent.consolidation import PortionReview
from carrel.bootstrap import Carrel
from carrel.errors import DoesNotFit
from carrel.messages import Usage, canonical
from carrel.models.chat.scripted import Item, ScriptedAnswer, ScriptedModel, call, calls, say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request
from tests.reviewing import consolidated, kept, talked

COUNTER = Estimator()


def searching(request: Request) -> ScriptedAnswer:
    """Search without end, and report what it cost."""
    return Reply(call("recall_search", query="walnut"), Usage(3000, 100))


def spent(model: ScriptedModel) -> int:
    """Count what was sent, and what the last reply might have taken."""
    said = [message.text for request in model.requests for message in request.messages]
    tools = [canonical(tool.to_json()) for request in model.requests for tool in request.tools]
    return sum(map(COUNTER.count, [*said, *tools])) + (model.requests[-1].max_tokens or 0)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [searching, lambda request: call("recall_search", query="walnut")])
@pytest.mark.parametrize("budget", [9000, 12000])
def test_the_budget_holds_within_a_portion(home: Path, answer: Any, budget: int) -> None:
    """No request is made that the tokens left do not suffice for, and what was only searched for stays unreviewed."""
    talked(home, ["walnut " * 300 for _ in range(20)])
    model = ScriptedModel(answer)
    short = pytest.raises(
        DoesNotFit, match=rf"'consolidate_tokens' is {budget}, but a review needs at least \d+ tokens"
    )
    with Carrel.open(home, model, "none", flags={"consolidate_tokens": budget}) as carrel, short:
        list(carrel.agent("ada").consolidate())
    assert 1 < len(model.requests) < 6
    assert spent(model) <= budget
    assert kept(home)[1] == 20


def test_a_portion_that_was_changed_is_not_begun_again(home: Path) -> None:
    """Where the tokens end after a change the portion counts as reviewed; one behind it that saw none does not."""
    talked(home, ["walnut " * 300 for _ in range(20)])
    changed, _, _ = consolidated(home, [call("archival_insert", text="A."), *[searching] * 9], consolidate_tokens=9000)
    assert [len(item.calls) for item in changed] == [3]
    unchanged, _, model = consolidated(home, [say("Done."), *[searching] * 9], consolidate_tokens=12000)
    assert [item.calls for item in unchanged] == [()]
    assert len(model.requests) > 1
    assert kept(home) == (["A."], 20 - changed[0].messages - unchanged[0].messages)


def test_a_budget_too_small_says_what_is_needed(home: Path) -> None:
    """Where not one request can be made none is, and the figure that the error names suffices for one."""
    talked(home, ["walnut " * 30 for _ in range(20)])

    def run(budget: int) -> tuple[list[PortionReview], int]:
        reviewed, _, model = consolidated(home, lambda request: say("Done."), consolidate_tokens=budget)
        return reviewed, len(model.requests)

    with pytest.raises(DoesNotFit, match=r"at least \d+ tokens\. Raise it") as caught:
        run(1000)
    needed = int(caught.value.message.split()[-2])
    with pytest.raises(DoesNotFit, match=f"is {needed - 1}, but a review needs at least {needed} tokens"):
        run(needed - 1)
    reviewed, requests = run(needed)
    assert ([item.messages for item in reviewed], requests) == ([1], 1)


@pytest.mark.parametrize("budget", [10_000, 14_000])
def test_portions_are_small_enough_for_the_budget(home: Path, budget: int) -> None:
    """The first portion leaves tokens for two further requests like it."""
    talked(home, ["walnut " * 30 for _ in range(99)])
    _, _, model = consolidated(home, lambda request: say("Done."), consolidate_tokens=budget)
    model.requests = model.requests[:1]
    assert budget * 0.8 < 3 * spent(model) <= budget


@pytest.mark.parametrize("most", [1, 3])
def test_a_portion_that_is_too_long_is_halved(home: Path, most: int) -> None:
    """Where a server takes less than it was said to, every message is reviewed nevertheless, once and in order."""
    talked(home, [f"Message {n}" for n in range(20)])
    seen: list[str] = []

    def picky(request: Request) -> ScriptedAnswer:
        lines = request.messages[1].text.splitlines()[1:]
        if len(lines) > most:
            return DoesNotFit("Too long.", "Shorten it.")
        seen.extend(line.rpartition(": ")[2] for line in lines)
        return say("Done.")

    reviewed, _, _ = consolidated(home, picky, consolidate_tokens=10**6)
    assert sum(item.messages for item in reviewed) == 20
    assert seen == [f"Message {n}" for n in range(20)]


@pytest.mark.parametrize(
    ("script", "portions"),
    [
        ([say("Done.")], [2]),
        (
            [call("recall_search", query="one"), DoesNotFit("Too long.", "Shorten it."), say("Done."), say("Done.")],
            [1, 1],
        ),
        ([call("archival_insert", text="A."), DoesNotFit("Too long.", "Shorten it.")], [2]),
    ],
)
def test_what_was_changed_is_not_halved(home: Path, script: list[Item], portions: list[int]) -> None:
    """Where the server finds too long what came of a portion, it is halved before its first change, and ended after."""
    talked(home, ["One.", "Two."])
    assert [item.messages for item in consolidated(home, script)[0]] == portions


def test_a_single_message_that_is_too_long(home: Path) -> None:
    """Where not even one message fits, the server's word is passed on and the message stays unreviewed."""
    talked(home, ["One.", "Two.", "Three."])
    model = ScriptedModel(lambda request: DoesNotFit("Too long.", "Shorten it."))
    with Carrel.open(home, model, "none") as carrel, pytest.raises(DoesNotFit, match=r"Too long\. Shorten it\."):
        list(carrel.agent("ada").consolidate())
    assert [len(request.messages[1].text.splitlines()) - 1 for request in model.requests] == [3, 1]
    assert kept(home)[1] == 3


@pytest.mark.parametrize(("window", "searches"), [(2000, 2), (2000, 8), (4000, 12), (8000, 30)])
def test_what_many_searches_find_is_read(home: Path, window: int, searches: int) -> None:
    """The results of a reply share the room that is left, so no portion is passed over for what was looked up."""
    talked(home, [f"My walnut number {n} is {n * 37}. " + "walnut " * 20 for n in range(30)])

    def answer(request: Request) -> ScriptedAnswer:
        made = {call.name for message in request.messages for call in getattr(message, "calls", ())}
        if not made:
            return calls(*[call("recall_search", query=f"walnut {n}") for n in range(searches)])
        return say("Done.") if "archival_insert" in made else call("archival_insert", text="Walnuts.")

    reviewed, _, model = consolidated(home, answer, window=window, consolidate_tokens=10**6)
    assert sum(item.messages for item in reviewed) == 30
    assert all(("archival_insert", True) in item.calls for item in reviewed)
    for request in model.requests:
        said = sum(COUNTER.count(message.text) for message in request.messages)
        assert said + sum(COUNTER.count(canonical(tool.to_json())) for tool in request.tools) <= window * 7 // 8


def test_a_portion_is_halved_where_a_reply_leaves_no_room(home: Path) -> None:
    """What was changed by nothing yet is not passed over while it can be taken in smaller portions."""
    talked(home, ["One.", "Two.", "Three."])
    endless = call("send_mail", text="walnut " * 9000)
    reviewed, _, _ = consolidated(home, [endless, call("archival_insert", text="A."), *[say("Done.")] * 9])
    assert [(item.messages, len(item.calls)) for item in reviewed] == [(1, 1), (1, 0), (1, 0)]


@pytest.mark.slow
@pytest.mark.parametrize("usage", [Usage(0, 5), Usage(40, 5), Usage(40, 0)])
def test_what_a_server_leaves_out_of_its_report_was_sent(home: Path, usage: Usage) -> None:
    """Where it counts no tokens, or not those that it had cached, a run is bounded by Carrel's own count."""
    talked(home, ["walnut " * 300 for _ in range(40)])
    _, _, model = consolidated(home, lambda request: Reply(say("Done."), usage), consolidate_tokens=9000)
    assert spent(model) <= 9000
