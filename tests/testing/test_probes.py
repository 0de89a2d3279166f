"""The fake server answers probes as a model does that obeys one contract."""

import pytest

from carrel.rendering.probes import ASK_FOR_CALL, ASK_FOR_REPLY, ASK_FOR_TEXT_CALL
from carrel.testing.probes import answer_probe, probed_rung


def test_probes_are_told_from_conversations() -> None:
    """They consist of one message, which no user would write."""
    texts = (ASK_FOR_CALL, ASK_FOR_REPLY, ASK_FOR_TEXT_CALL, "Hello", "")
    assert [probed_rung({"messages": [{"role": "user", "content": text}]}) for text in texts] == [
        "native",
        "action",
        "text",
        "",
        "",
    ]
    two = [{"role": "user", "content": ASK_FOR_CALL}] * 2
    assert [probed_rung(body) for body in ({}, {"messages": two}, {"messages": ["x"]})] == ["", "", ""]


@pytest.mark.parametrize("obeys", ["native", "action", "text", "none"])
def test_a_model_obeys_one_contract(obeys: str) -> None:
    """It chats where another is probed; one below the native contract writes calls as text."""
    body = {"tools": [{}], "response_format": {"type": "json_schema"}}
    answers = {rung: answer_probe(rung, obeys, body) for rung in ("native", "action", "text")}
    assert [rung for rung, reply in answers.items() if rung != obeys and reply.message.calls] == []
    assert len({reply.message for reply in answers.values()}) == {"native": 2, "action": 3, "text": 3, "none": 1}[obeys]
    bare = {rung: answer_probe(rung, obeys, {}) for rung in ("native", "action", "text")}
    assert [rung for rung in bare if bare[rung] == answers[rung]] != [] or obeys == "native"
