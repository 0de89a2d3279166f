"""The budget follows what servers tell: their window, their tokens, and prompts that they cut."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carrel.agent.events import PromptTruncated
from carrel.agent.window.budget import Budget
from carrel.agent.window.calibration import HOLD, MAX_SCALE, Calibration, ServerFindings, estimate_scale, find_limit
from carrel.bootstrap import Carrel
from carrel.messages import Usage, canonical, to_json
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request

ASKED = Budget(8000, 1024)
PLATEAU = [(3000, 3000), (4500, 4096), (5000, 4096), (5500, 4090)]
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
        ([(3000, 3900), (3500, 4096), (3800, 4090), (4100, 4096)], 1.3),
        ([(2600, 2500), (3100, 2500), (3700, 2500)], 1.0),
    ],
)
def test_the_scale_is_what_was_reported(reported: list[tuple[int, int]], scale: float) -> None:
    """It is their tokens for one of ours, rounded up; small and cut prompts do not count."""
    assert estimate_scale(reported) == scale


@given(pairs)
def test_a_scale_is_always_usable(reported: list[tuple[int, int]]) -> None:
    """Whatever is reported, every share of the window stays positive and in order."""
    scale = estimate_scale(reported)
    assert 0.6 <= scale <= MAX_SCALE
    budget = Budget(2000, 1024, scale=scale)
    assert 0 < budget.warn < budget.flush <= budget.prompt < budget.counted_window


@pytest.mark.parametrize(("served", "window"), [(None, 8000), (4096, 4096), (131_072, 8000)])
def test_the_window_is_the_smaller_one(served: int | None, window: int) -> None:
    """What the user allows and what the server serves: the smaller holds."""
    calibration = Calibration(ASKED, lambda limit: [], lambda: served)
    assert calibration.budget() == Budget(window, 1024)


def test_a_cut_prompt_is_told_once_with_the_fix() -> None:
    """A report far below what was sent is told, the first time, with what to do about it."""
    calibration = Calibration(ASKED, lambda limit: [], fix=lambda window: f"Serve {window}.")
    assert calibration.detect_truncation(6000, None) is None
    assert calibration.detect_truncation(6000, Usage(0, 5)) is None
    assert calibration.detect_truncation(6000, Usage(5000, 5)) is None
    assert calibration.detect_truncation(400, Usage(10, 5)) is None
    assert calibration.detect_truncation(6000, Usage(2048, 5)) == PromptTruncated(6000, 2048, "Serve 8000.")
    assert calibration.detect_truncation(6000, Usage(2048, 5)) is None


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ([(3000, 2900), (3200, 300), (3400, 310), (3600, 700)], 0),
        ([(3000, 40), (3200, 60), (3400, 50)], 0),
        ([(3000, 2900), (3200, 2048), (3400, 2048), (3600, 2048), (3900, 2048)], 1),
        ([(3000, 1200), (3200, 1300)], 1),
        ([(6000, 4096)], 1),
    ],
)
def test_a_figure_that_follows_what_is_new_is_no_alarm(reports: list[tuple[int, int]], told: int) -> None:
    """A server that leaves out what it had cached reports less than before; one that truncates does so evenly."""
    calibration = Calibration(ASKED, lambda limit: [])
    warnings = [calibration.detect_truncation(counted, Usage(read, 5), counted) for counted, read in reports]
    assert len([warning for warning in warnings if warning]) == told


def test_reports_are_kept_and_shrink_the_window(home: Path) -> None:
    """A model whose tokens are a third more is sent less, also by a program that starts anew."""
    largest: list[int] = []

    def heavy(request: Request) -> Reply:
        said = [canonical(to_json(message)) for message in request.messages]
        read = sum(map(COUNTER.count, [*said, *(canonical(tool.to_json()) for tool in request.tools)])) * 4 // 3
        largest.append(read)
        return Reply(say("Yes."), Usage(read, 5))

    for _ in range(2):
        with Carrel.open(home, ScriptedModel(heavy), "none", flags={"window": 4000}) as carrel:
            ada = carrel.agent("ada")
            chat = ada.session("last" if largest else None)
            for n in range(12):
                chat.send(f"{n} " + "walnut " * 90)
    assert max(largest[1:]) <= 3500
    assert max(largest[13:]) > 2800


def test_a_server_that_cuts_is_noticed_in_a_turn(home: Path) -> None:
    """The event comes with the turn, once, and the turn goes on."""
    model = ScriptedModel([Reply(say("Eh?"), Usage(280, 5)), Reply(say("Yes."), Usage(280, 5))])
    with Carrel.open(home, model, "none") as carrel:
        chat = carrel.agent("ada").session()
        events = [*chat.stream("Hello " * 90), *chat.stream("Again")]
    cuts = [event for event in events if isinstance(event, PromptTruncated)]
    assert [cut.read for cut in cuts] == [280]
    assert cuts[0].fix == "Raise the server's context length to 8000, or lower the setting 'window' to what it has."


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
        ([(3000, 3900), (3200, 4096), (3500, 4090), (3700, 4096)], 4096),
        ([(2000, 3000), (2750, 4096), (3000, 4096), (3400, 4090)], 4096),
        ([(4000, 3200), (5200, 4096), (5600, 4096), (6400, 4096)], 4096),
        ([(2600, 2500), (3100, 2500), (3700, 2500)], None),
        ([(2900, 3000), (3500, 3000), (6900, 3000)], None),
        ([(1500, 1500), (1800, 1900), (2000, 1900), (2500, 1900)], None),
        ([*PLATEAU, (6000, 6000)], None),
        ([(8000, 8000), (9000, 9000), *PLATEAU], None),
        ([(8000, 8000), (9000, 9000), *PLATEAU, (5800, 4096)], 4096),
        ([(8000, 8000), (9000, 9000), *PLATEAU[1:], (5800, 4096)], 4096),
        ([(5000, 5000), (6500, 6000), (7000, 6000), (8000, 6000), *PLATEAU, (5800, 4096)], 4096),
    ],
)
def test_a_plateau_is_a_servers_limit(reported: list[tuple[int, int]], cut: int | None) -> None:
    """Prompts of several lengths that are read as one were cut there; figures that stand for nothing are none."""
    assert find_limit(reported) == cut


@pytest.mark.slow
@pytest.mark.parametrize(("window", "served"), [(8000, 4096), (6000, 4096), (5500, 4096)])
def test_a_server_that_cuts_is_noticed_and_worked_within(home: Path, window: int, served: int) -> None:
    """Cut reports never make prompts longer: it is told once, in all sessions together, and then nothing is cut."""
    sent: list[int] = []

    def answer(request: Request) -> Reply:
        said = [canonical(to_json(message)) for message in request.messages]
        sent.append(sum(map(COUNTER.count, [*said, *(canonical(tool.to_json()) for tool in request.tools)])))
        return Reply(say("I see."), Usage(min(served, sent[-1]), 5, 0, 1))

    told = 0
    with Carrel.open(home, ScriptedModel(answer), "none", flags={"window": window}) as carrel:
        for _ in range(2):
            chat = carrel.agent("ada").session()
            for turn in range(45):
                events = chat.stream(f"Message {turn} " + "about the rain in Bergen " * 20)
                told += sum(isinstance(event, PromptTruncated) for event in events)
    assert told == 1
    assert max(sent) <= window
    assert max(sent[45:]) <= served * 1.1


@pytest.mark.parametrize("flush_share", [0.3, 0.6, 0.7, 1.0])
def test_a_warning_comes_before_each_flush(flush_share: float) -> None:
    """Who sets only when to flush is warned before it all the same."""
    budget = Budget(8000, 1024, flush_share=flush_share)
    assert 0 < budget.warn < budget.flush


@example([(500, 2021), (575, 2000), (500, 1980), (500, 1980), (500, 1980)])
@given(pairs)
def test_a_limit_is_a_figure_that_leaves_room(reported: list[tuple[int, int]]) -> None:
    """Whatever is reported, a limit is the largest figure from some report on, since it may have been lowered before,
    and no less than a window that can be talked in.
    """
    if limit := find_limit(reported):
        assert limit >= 2000
        assert limit in {max(figure for _, figure in reported[start:]) for start in range(len(reported))}


class Talk:
    """A talk that grows and is flushed, with a server that reads at most so many of its own tokens."""

    def __init__(self, window: int, served: int, length: float = 1.0) -> None:
        self.served = served
        self.cuts: list[PromptTruncated] = []
        self.windows: list[int] = []
        self._length = length
        self._sent = 1500
        self._kept: list[tuple[int, int]] = []
        self._calibration = Calibration(Budget(window, 1024), lambda limit: self._kept[-limit:][::-1])

    def go_on(self, turns: int) -> None:
        """Take so many turns; what the agent was told stands in `cuts`, and its windows in `windows`."""
        for _ in range(turns):
            budget = self._calibration.budget()
            self._sent = self._sent + 150 if self._sent + 150 <= budget.prompt else budget.prompt // 2
            read = min(self.served, int(self._sent * self._length))
            if cut := self._calibration.detect_truncation(self._sent - 1000, Usage(read, 5), self._sent):
                self.cuts.append(cut)
            self._kept.append((self._sent, read))
            self.windows.append(budget.window)


@pytest.mark.parametrize("window", [6000, 8000])
@pytest.mark.parametrize("length", [0.9, 1.0, 1.3, 1.5])
def test_a_limit_is_found_whatever_the_length_of_tokens(window: int, length: float) -> None:
    """It is told once, with more sent than read, and then the window is what the server reads."""
    talk = Talk(window, 4096, length)
    talk.go_on(60)
    assert [cut.read for cut in talk.cuts] == [4096]
    assert talk.cuts[0].sent > 1.05 * 4096
    assert 4096 in talk.windows


@pytest.mark.parametrize("length", [0.8, 1.0, 1.3])
@pytest.mark.parametrize("before", [6000, 32_000])
def test_a_limit_that_was_lowered_is_found_out(length: float, before: int) -> None:
    """A server that now reads less is told of and worked within after a few requests, whatever it read before."""
    talk = Talk(16_000, before, length)
    talk.go_on(150)
    assert len(talk.cuts) == (before == 6000)
    talk.served = 4096
    talk.go_on(30)
    assert len(talk.cuts) == 1
    assert set(talk.windows[-10:]) == {4096}


def test_a_window_never_shrinks_in_silence() -> None:
    """Where the prompt by which a limit shows is itself barely longer, the longest is told."""
    calibration = Calibration(ASKED, lambda limit: [])
    calibration.budget()
    pairs = [(3000, 3000), (3500, 3500), (4800, 4096), (4700, 4096), (4120, 4096)]
    cuts = [calibration.detect_truncation(sent - 1000, Usage(read, 5), sent) for sent, read in pairs]
    assert cuts == [None] * 4 + [PromptTruncated(4800, 4096, "")]


@pytest.mark.parametrize("length", [1.0, 1.3])
def test_a_limit_that_was_raised_is_found_out(length: float) -> None:
    """A server that does not tell its window is sent more now and then; once it reads more, nothing holds it."""
    talk = Talk(8000, 4096, length)
    talk.go_on(60)
    assert 4096 in talk.windows
    talk.served = 32_000
    talk.go_on(100)
    assert set(talk.windows[-100 + HOLD + 1 :]) == {8000}


@pytest.mark.parametrize("figure", [2500, 3000])
def test_a_server_that_always_reports_the_same_is_not_believed(figure: int) -> None:
    """A figure that says nothing of what was sent neither bounds the window nor stretches it."""
    calibration = Calibration(ASKED, lambda limit: [(sent, figure) for sent in range(figure + 100, 7000, 400)][:limit])
    assert calibration.budget() == ASKED
    for sent in range(figure + 100, 7000, 400):
        calibration.detect_truncation(sent - 1000, Usage(figure, 5), sent)
    assert calibration.budget() == ASKED


@pytest.mark.parametrize(("counted", "whole", "read"), [(3000, 5500, 4096), (2500, 3500, 4096), (6500, 8000, 4096)])
def test_the_notice_never_names_less_than_was_read(counted: int, whole: int, read: int) -> None:
    """What was sent is told as the server counts it, its tools included."""
    length = 1.0 if whole > read else 1.3
    below = [(2000, int(2000 * length)), (3000, int(3000 * length))]
    told = [*below, *((whole - more, read) for more in (0, 200, whole // 7))]
    calibration = Calibration(ASKED, lambda limit: told[::-1])
    calibration.budget()
    cut = calibration.detect_truncation(counted, Usage(read, 5), whole)
    assert cut == PromptTruncated(int(whole * length), read, "")


@pytest.mark.parametrize(
    ("served", "since", "window"),
    [
        (None, 0, 4096),
        (None, HOLD - 1, 4096),
        (None, HOLD, 4423 + 632),
        (32_000, 0, 8000),
        (4000, 0, 4000),
    ],
)
def test_old_reports_hold_the_window_for_a_while(served: int | None, since: int, window: int) -> None:
    """They bound it for some requests, then to a prompt of 1.08 times as much beside the reply, and not at all where
    the server now tells what it serves.
    """
    reported = [*PLATEAU, *[(3000, 3000)] * since]
    assert Calibration(ASKED, lambda limit: reported[::-1], lambda: served).budget().window == window


def with_limit(calibration: Calibration) -> Calibration:
    """Let a calibration find a limit of 4,096."""
    calibration.budget()
    for sent, read in PLATEAU:
        calibration.detect_truncation(sent - 1000, Usage(read, 5), sent)
    return calibration


@pytest.mark.parametrize("served", [None, 32_000])
def test_a_report_beyond_a_limit_lifts_it(served: int | None) -> None:
    """Nobody reads more than is their limit; also a limit that was found though the server tells of none."""
    calibration = with_limit(Calibration(ASKED, lambda limit: [], lambda: served))
    assert calibration.budget().window == 4096
    calibration.detect_truncation(2000, Usage(4600, 5), 4550)
    assert calibration.budget().window == 8000


def test_sessions_share_what_they_find() -> None:
    """A limit that one session found holds for the next, which does not tell it again."""
    findings = ServerFindings()
    with_limit(Calibration(ASKED, lambda limit: [], findings=findings))
    other = Calibration(ASKED, lambda limit: [], findings=findings)
    assert other.budget().window == 4096
    assert other.detect_truncation(5000, Usage(4096, 5), 6000) is None
