"""However a server counts, what is sent fits its window, and messages come before everything else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.window.budget import MIN_MESSAGE, SQUEEZES, SUMMARY_HEADING_TOKENS, TAIL_TOKENS, Budget
from carrel.bootstrap import Carrel
from carrel.messages import Usage, canonical
from carrel.models.chat.scripted import ScriptedAnswer, ScriptedModel, say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request

COUNTER = Estimator()


def size(request: Request) -> int:
    """Count a request as a server would, with our estimator."""
    tools = canonical([tool.to_json() for tool in request.tools]) if request.tools else ""
    return sum(COUNTER.count(message.text) + 4 for message in request.messages) + COUNTER.count(tools)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("window", "contract", "ratio"),
    [
        (2000, "native", 1.08),
        (2000, "native", 1.3),
        (4000, "native", 1.5),
        (4000, "memgpt", 1.5),
        (2000, "memgpt", 1.2),
    ],
)
def test_a_server_that_counts_more_is_talked_to_on_and_on(home: Path, window: int, contract: str, ratio: float) -> None:
    """Once it has reported so, every request fits its window by its own count, and no turn is refused."""
    sent: list[int] = []

    def answer(request: Request) -> ScriptedAnswer:
        reported = int(size(request) * ratio)
        sent.append(reported + (request.max_tokens or 0))
        return Reply(say("I see, it rains."), Usage(reported, 5, 0, 1))

    with Carrel.open(home, ScriptedModel(answer), "none", flags={"window": window, "contract": contract}) as carrel:
        chat = carrel.agent("ada").session()
        for turn in range(25):
            chat.send(f"Message {turn} " + "about the rain in Bergen " * 5)
    assert len(sent) >= 25
    assert max(sent[4:]) <= window


def test_shares_give_way_to_a_message() -> None:
    """The largest share is taken that leaves room for a message; where none does, nothing is taken."""
    budget = Budget(2000, 1024, scale=1.2)
    assert replace(budget, fixed=710).message < MIN_MESSAGE
    assert budget.squeeze_to(710).squeeze in SQUEEZES[1:]
    assert budget.squeeze_to(710).message >= MIN_MESSAGE
    assert budget.squeeze_to(10).squeeze == 1.0
    assert budget.squeeze_to(2000).squeeze == 1.0


@given(st.integers(500, 200_000), st.integers(1, 8000), st.floats(0.5, 2.0), st.integers(0, 3000))
def test_every_share_fits_the_window(window: int, reply: int, scale: float, fixed: int) -> None:
    """Two messages at their largest, and all other parts at theirs, never take more than a request may."""
    budget = Budget(window, reply, scale=scale).squeeze_to(fixed)
    parts = (budget.core, budget.changed, budget.summary, SUMMARY_HEADING_TOKENS, budget.recalled, TAIL_TOKENS)
    assert budget.message < 1 or fixed + sum(parts) + 3 * budget.message <= budget.prompt
    assert budget.result(budget.message, budget.max_calls) <= 2 * max(1, budget.message)
    assert budget.reserve <= window // 8
