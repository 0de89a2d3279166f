"""What a summary takes counts as what the turn takes: in its usage, its limit and that of its session."""

from collections.abc import Callable

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, QueueFlushed
from carrel.messages import AssistantMessage, Usage
from carrel.models.chat.scripted import ScriptedModel
from carrel.protocols import Reply, Request

pytestmark = pytest.mark.slow

Open = Callable[..., Agent]
SUMMED, ANSWERED = Usage(700, 30), Usage(1500, 40)


def answer(request: Request) -> Reply:
    """Sum up where that is asked for, which no tools are offered with, and answer else."""
    if request.tools:
        return Reply(AssistantMessage("Noted."), ANSWERED)
    return Reply(AssistantMessage("Ada told of her garden."), SUMMED)


def test_a_summary_is_part_of_the_turns_usage(opened: Open) -> None:
    """Each request of a turn is one call of its usage, those for summaries too; the session has taken them all."""
    model = ScriptedModel(answer)
    chat = opened(model, window=4000).session()
    whole, flushes = Usage(), 0
    for n in range(30):
        *events, last = chat.stream(f"In bed {n} of my garden " + "there grow beans and peas, " * 20)
        assert isinstance(last, Answer)
        flushed = sum(isinstance(event, QueueFlushed) for event in events)
        assert last.usage.calls == 1 or flushed
        whole, flushes = whole + last.usage, flushes + flushed

    summed = len(model.requests) - 30
    assert summed >= flushes > 0
    assert whole.calls == len(model.requests)
    assert whole.prompt == 30 * ANSWERED.prompt + summed * SUMMED.prompt
    assert chat.id is not None
    assert chat.agent.memory.steps.session_tokens(chat.id) == whole.prompt + whole.completion
