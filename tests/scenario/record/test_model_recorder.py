"""Recording a model's requests for the trajectory."""

import pytest

from carrel.errors import ModelFailed
from carrel.messages import SystemMessage, ToolSchema, UserMessage
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.protocols import Request
from carrel.scenario.record.model_recorder import ModelRecorder

REQUEST = Request(
    (SystemMessage("Be kind."), UserMessage("你好。")), (ToolSchema("forget", "Forget it.", {"type": "object"}),), 50
)


def test_requests_and_replies_are_recorded() -> None:
    """A step has the tokens of its parts, any other request none; an error is recorded in place of the reply."""
    recorder = ModelRecorder(ScriptedModel([say("Hi."), say("A summary."), ModelFailed("Asleep.", "Wait.")], "m"))
    recorder.expect_step({"queue": 7})
    for _ in range(2):
        list(recorder.stream(REQUEST))
    with pytest.raises(ModelFailed):
        list(recorder.stream(REQUEST))
    step, summary, failed = recorder.take_requests()
    assert (step["step"], step["tokens"], summary["step"], summary["tokens"]) == (True, {"queue": 7}, False, None)
    assert [message["content"] for message in step["messages"]] == ["Be kind.", "你好。"]
    assert (step["tools"][0]["function"]["name"], step["max_tokens"]) == ("forget", 50)
    assert (step["reply"]["content"], step["reply"]["finish"]) == ("Hi.", "stop")
    assert failed["reply"] == {"error": "model_failed", "message": "Asleep. Wait."}
    assert recorder.take_requests() == []
    assert (recorder.name, recorder.is_language_model) == ("m", True)
