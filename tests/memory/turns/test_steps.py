"""Steps: what was said in each, and what was sent, is kept exactly."""

import pytest
import sqlalchemy as sa

from carrel.errors import NotFound
from carrel.memory.db.schema import contents, steps
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.messages import AssistantMessage, Usage
from tests.memory.turns.talk import Talk


def test_a_request_is_kept(talk: Talk, other: Memory) -> None:
    """A step's request is given back as it was sent, its parts stored once, and to its own agent alone."""
    request = ['{"content":"Be kind.","role":"system"}', "Rome 书\n"]
    for number in (1, 2):
        said, usage = AssistantMessage("Yes."), Usage(5, 2, 1, 1)
        talk.memory.steps.add(talk.session, NewStep(talk.turn, number, request, 7, "m", said, "stop", usage))
    assert talk.memory.request_log.find(talk.turn, 2).parts == tuple(request)
    with talk.memory.scope.read() as connection:
        assert len(connection.execute(sa.select(contents)).fetchall()) == 2
        figures = connection.execute(sa.select(steps.c.prompt_tokens, steps.c.completion_tokens, steps.c.cached_tokens))
        assert [tuple(row) for row in figures] == [(5, 2, 1)] * 2
    for memory, turn, number in ((talk.memory, talk.turn, 3), (talk.memory, "t-nothing", 1), (other, talk.turn, 1)):
        with pytest.raises(NotFound):
            memory.request_log.find(turn, number)


def test_a_step_without_a_reply(talk: Talk) -> None:
    """A step that was not answered is kept with its request, says nothing in recall, and costs the session nothing."""
    assert talk.memory.steps.add(talk.session, NewStep(talk.turn, 1, ["Rome?"], 7, "m")) is None
    assert [message.role for message in talk.memory.recall.of_turn(talk.turn)] == ["user"]
    assert talk.memory.request_log.find(talk.turn).parts == ("Rome?",)
    assert talk.memory.steps.session_tokens(talk.session) == 0
    assert [talk.memory.steps.exists(talk.turn, number) for number in (1, 2)] == [True, False]


def test_session_tokens(talk: Talk) -> None:
    """What was reported counts, what was estimated where nothing was, and what the summaries took."""
    for number, usage in enumerate((Usage(50, 20, 10, 1), None), 1):
        step = NewStep(talk.turn, number, [], 7, "m", AssistantMessage("Yes."), "stop", usage)
        talk.memory.steps.add(talk.session, step)
    talk.memory.queue.evict(talk.session, talk.turn, [], "Rome.", 11)
    assert talk.memory.steps.session_tokens(talk.session) == 50 + 20 + 7 + 11


def test_partial_answer(talk: Talk) -> None:
    """What a model had said when it was interrupted is kept and marked."""
    partial = talk.memory.steps.add_partial(talk.session, talk.turn, 1, AssistantMessage("I was say"))
    assert (partial.text, partial.state) == ("I was say", "interrupted")
    assert talk.memory.queue.load(talk.session)[-1] == partial
