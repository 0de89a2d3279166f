"""The budget follows what servers tell: their window, their tokens, and prompts that they cut."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.budget import Budget
from carrel.agent.events import PromptCut
from carrel.agent.measure import HIGHEST, Measure, plateau, scale_of
from carrel.bootstrap import Carrel
from carrel.messages import Usage, canonical, to_json
from carrel.models.scripted import ScriptedModel, say
from carrel.models.tokens import Estimator
from carrel.protocols import Reply, Request

ASKED = Budget(8000, 1024)
COUNTER = Estimator()
pairs = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 40_000)), max_size=20)


@pytest.mark.parametrize(
    ("reported", "scale"),
    [
        ([], 1.0),
        ([(100, 300)], 1.0),
        ([(1000, 1000)], 1.0),
        ([(1000, 1010), (2000, 2100)], 1.05),
        ([(1000, 800)], 0.8),
        ([(1000, 790)], 0.8),
        ([(8000, 4096)], 1.0),
        ([(8000, 4096), (1000, 1100)], 1.1),
        ([(1000, 9000)], 2.0),
    ],
)
def test_the_scale_is_what_was_reported(reported: list[tuple[int, int]], scale: float) -> None:
    """It is their tokens for one of ours, rounded up; small and cut prompts do not count."""
    assert scale_of(reported) == scale


@given(pairs)
def test_a_scale_is_always_usable(reported: list[tuple[int, int]]) -> None:
    """Whatever is reported, every share of the window stays positive and in order."""
    scale = scale_of(reported)
    assert 0.6 <= scale <= HIGHEST
    budget = Budget(2000, 1024, scale=scale)
    assert 0 < budget.warn < budget.flush <= budget.prompt < budget.own


@pytest.mark.parametrize(("served", "window"), [(None, 8000), (4096, 4096), (131_072, 8000)])
def test_the_window_is_the_smaller_one(served: int | None, window: int) -> None:
    """What the user allows and what the server serves: the smaller holds."""
    measure = Measure(ASKED, lambda most: [], lambda: served)
    assert measure.budget() == Budget(window, 1024)


def test_a_cut_prompt_is_told_once_with_the_fix() -> None:
    """A report far below what was sent is told, the first time, with what to do about it."""
    measure = Measure(ASKED, lambda most: [], fix=lambda window: f"Serve {window}.")
    assert measure.cut(6000, None) is None
    assert measure.cut(6000, Usage(0, 5)) is None
    assert measure.cut(6000, Usage(5000, 5)) is None
    assert measure.cut(400, Usage(10, 5)) is None
    assert measure.cut(6000, Usage(2048, 5)) == PromptCut(6000, 2048, "Serve 8000.")
    assert measure.cut(6000, Usage(2048, 5)) is None


def test_reports_are_kept_and_shrink_the_window(home: Path) -> None:
    """A model whose tokens are a third more is sent less, also by a program that starts anew."""
    largest: list[int] = []

    def heavy(request: Request) -> Reply:
        said = [canonical(to_json(message)) for message in request.messages]
        read = sum(map(COUNTER.count, [*said, *(canonical(tool.to_json()) for tool in request.tools)])) * 4 // 3
        largest.append(read)
        return Reply(say("Yes."), Usage(read, 5))

    for _ in range(2):
        with Carrel.open(home, ScriptedModel(heavy), "none", flags={"window": 4000}) as desk:
            ada = desk.agent("ada")
            chat = ada.session("last" if largest else None)
            for n in range(12):
                chat.send(f"{n} " + "walnut " * 90)
    assert max(largest[1:]) <= 3500
    assert max(largest[13:]) > 2800


def test_a_server_that_cuts_is_noticed_in_a_turn(home: Path) -> None:
    """The event comes with the turn, once, and the turn goes on."""
    model = ScriptedModel([Reply(say("Eh?"), Usage(280, 5)), Reply(say("Yes."), Usage(280, 5))])
    with Carrel.open(home, model, "none") as desk:
        chat = desk.agent("ada").session()
        events = [*chat.stream("Hello " * 90), *chat.stream("Again")]
    cuts = [event for event in events if isinstance(event, PromptCut)]
    assert [cut.read for cut in cuts] == [280]
    assert cuts[0].fix == "Raise the server's context length to 8000, or lower the setting 'window' to what it serves."


@pytest.mark.parametrize(
    ("reported", "cut"),
    [
        ([(3000, 3000), (4500, 4096), (5000, 4096), (5500, 4090)], 4096),
        ([(4500, 4096), (5000, 4096)], None),
        ([(4500, 4096), (4600, 4096), (4700, 4096)], None),
        ([(900, 1000), (2000, 1000), (4000, 1000)], None),
        ([(900, 2000), (2000, 2000), (4000, 2000)], None),
        ([(1000, 5), (4000, 5), (7000, 5)], None),
        ([(3000, 3000), (4000, 4000), (5000, 5000)], None),
        ([], None),
    ],
)
def test_a_plateau_is_a_servers_limit(reported: list[tuple[int, int]], cut: int | None) -> None:
    """Prompts of several lengths that are read as one were cut there; figures that stand for nothing are none."""
    assert plateau(reported) == cut


@pytest.mark.parametrize(("window", "served"), [(8000, 4096), (6000, 4096), (5500, 4096)])
def test_a_server_that_cuts_is_noticed_and_worked_within(home: Path, window: int, served: int) -> None:
    """Cut reports never make prompts longer: it is told once, in all sessions together, and then nothing is cut."""
    sent: list[int] = []

    def answer(request: Request) -> Reply:
        said = [canonical(to_json(message)) for message in request.messages]
        sent.append(sum(map(COUNTER.count, [*said, *(canonical(tool.to_json()) for tool in request.tools)])))
        return Reply(say("I see."), Usage(min(served, sent[-1]), 5, 0, 1))

    told = 0
    with Carrel.open(home, ScriptedModel(answer), "none", flags={"window": window}) as desk:
        for _ in range(2):
            chat = desk.agent("ada").session()
            for turn in range(45):
                events = chat.stream(f"Message {turn} " + "about the rain in Bergen " * 20)
                told += sum(isinstance(event, PromptCut) for event in events)
    assert told == 1
    assert max(sent) <= window
    assert max(sent[45:]) <= served * 1.1


@pytest.mark.parametrize("flush_share", [0.3, 0.6, 0.7, 1.0])
def test_a_warning_comes_before_each_flush(flush_share: float) -> None:
    """Who sets only when to flush is warned before it all the same."""
    budget = Budget(8000, 1024, flush_share=flush_share)
    assert 0 < budget.warn < budget.flush
