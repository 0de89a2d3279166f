"""A server whose tokens are shorter than ours, and a model that counts otherwise: what is sent fits all the same."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from carrel.agent.window.budget import MIN_MESSAGE, SQUEEZES, Budget
from carrel.agent.window.truncate import truncate_queue
from carrel.bootstrap import Carrel
from carrel.memory.values import StoredMessage
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

    with Carrel.open(home, ScriptedModel(answer), "none", flags={"window": window, "contract": contract}) as desk:
        chat = desk.agent("ada").session()
        for turn in range(25):
            chat.send(f"Message {turn} " + "about the rain in Bergen " * 5)
    assert len(sent) >= 25
    assert max(sent[4:]) <= window


def test_shares_give_way_to_a_message() -> None:
    """The largest share is taken that leaves room for a message; where none does, nothing is taken."""
    budget = Budget(2000, 1024, scale=1.2)
    assert replace(budget, fixed=710).message < MIN_MESSAGE
    assert budget.squeezed(710).squeeze in SQUEEZES[1:]
    assert budget.squeezed(710).message >= MIN_MESSAGE
    assert budget.squeezed(10).squeeze == 1.0
    assert budget.squeezed(2000).squeeze == 1.0


@pytest.mark.parametrize("figure", [1, 10_000])
def test_messages_are_counted_by_the_counter_in_use(figure: int) -> None:
    """What another model's counter made of a message when it was stored says nothing of what it takes now."""
    now = datetime(2026, 1, 5, tzinfo=UTC)
    text = "我喜欢核桃。" * 20
    stored = StoredMessage(1, "m-1", "user", text, now, "s-1", figure)
    [item] = truncate_queue([stored], 400, COUNTER)
    assert (item.text, item.tokens) == (text, COUNTER.count(text) + 4)
    [truncated] = truncate_queue([stored], 60, COUNTER)
    assert truncated.tokens == COUNTER.count(truncated.text) + 4 <= 60
