"""Values as JSON have the names that the command line prints."""

from carrel.inspector.subject import Subject
from carrel.inspector.views.shapes import call_json, message_json, passage_json
from carrel.messages import ToolCall
from tests.inspector.furnished import HOSTILE


def test_a_message_and_a_passage_are_given_by_field(subject: Subject) -> None:
    """Texts are as they are stored, calls as the model wrote them."""
    agent = subject.agent("default")
    message = message_json(agent.recall.latest(1)[0])
    assert (message["tier"], message["role"], message["text"]) == (
        "recall",
        "assistant",
        "Noted: Porto. Take an umbrella.",
    )
    passage = passage_json(agent.archival.latest(1)[0])
    assert passage["text"] == HOSTILE.replace("\x1b", "")
    assert (passage["tier"], passage["state"], passage["pinned"]) == ("archival", "live", False)
    assert call_json(ToolCall("c1", "post", '{"text": "茶"}')) == {"name": "post", "arguments": '{"text": "茶"}'}
