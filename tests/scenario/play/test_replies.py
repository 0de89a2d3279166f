"""The model that gives a scenario's replies: placeholders, failures, and the offline model where there are none."""

import pytest

from carrel.errors import ModelFailed
from carrel.messages import SystemMessage, ToolResult, UserMessage
from carrel.models.offline.model import OfflineModel
from carrel.protocols import Reply, Request
from carrel.scenario.files.scenario import ReplySpec
from carrel.scenario.play.replies import RepliesModel

TAIL = "\n\n<context ab12>\nNow: Monday.\n</context ab12>"


def step(*results: str) -> Request:
    """Return a step's request after these tool results."""
    first = UserMessage("Hi." if results else "Hi." + TAIL)
    shown = [ToolResult(f"c{n}", "archival_search", text) for n, text in enumerate(results)]
    if shown:
        shown[-1] = ToolResult(shown[-1].call_id, shown[-1].name, shown[-1].text + TAIL)
    return Request((SystemMessage("Be kind."), first, *shown))


def reply_of(model: RepliesModel, request: Request) -> Reply:
    """Return the model's whole reply."""
    *_, reply = model.stream(request)
    assert isinstance(reply, Reply)
    return reply


def test_placeholders_are_filled_in() -> None:
    """{{ i }} is the repetition, {{ id }} and {{ id 2 }} are ids of the newest result first."""
    model = RepliesModel("scripted", OfflineModel())
    spec = ReplySpec.model_validate({"say": "No. {{ i }}", "call": {"forget": {"ids": ["{{ id }}", "{{ id 2 }}"]}}})
    model.start_turn([spec], 3)
    reply = reply_of(model, step("[p-000000000001] old", "[m-000000000002] new"))
    assert reply.message.text == "No. 3"
    assert [(call.name, call.arguments) for call in reply.message.calls] == [
        ("forget", '{"ids": ["m-000000000002", "p-000000000001"]}')
    ]
    assert (reply.finish, model.unused) == ("tool_calls", 0)


def test_arguments_given_as_text_are_not_encoded() -> None:
    """So a scenario can send broken JSON."""
    model = RepliesModel("offline", OfflineModel())
    model.start_turn([ReplySpec.model_validate({"call": {"forget": '{"id": '}})], 1)
    assert reply_of(model, step()).message.calls[0].arguments == '{"id": '


def test_requests_that_are_no_step_do_not_use_a_reply() -> None:
    """A summary, for example, is written by the offline model; `scripted` fails."""
    summary = Request((SystemMessage("Summarise."), UserMessage("user: I have a cat.")))
    model = RepliesModel("offline", OfflineModel())
    model.start_turn([ReplySpec(say="Hello.")], 1)
    reply_of(model, summary)
    assert model.unused == 1
    assert reply_of(model, step()).message.text == "Hello."
    with pytest.raises(ModelFailed, match="Model 'scripted' has no reply here"):
        list(RepliesModel("scripted", OfflineModel()).stream(summary))


def test_a_reply_may_be_a_failure() -> None:
    """The message is the scenario's own; after `switch_to_offline` nothing of the replies is left."""
    model = RepliesModel("scripted", OfflineModel())
    model.start_turn([ReplySpec(fail="Asleep {{ i }}."), ReplySpec(say="x")], 2)
    with pytest.raises(ModelFailed, match=r"Asleep 2\."):
        list(model.stream(step()))
    model.switch_to_offline()
    assert (model.name, model.unused) == ("offline", 0)
    assert reply_of(model, step()).message.text != "x"
