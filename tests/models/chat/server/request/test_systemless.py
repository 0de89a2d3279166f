"""Instructions for a model without a system role."""

import pytest

from carrel.messages import AssistantMessage, Message, SystemMessage, UserMessage
from carrel.models.chat.server.request.history import GO_ON
from carrel.models.chat.server.request.systemless import without_system

BRIEF, HI, HELLO = SystemMessage("Be brief."), UserMessage("Hi"), AssistantMessage("Hello.")


@pytest.mark.parametrize(
    ("messages", "sent"),
    [
        ([BRIEF, HI, HELLO], [UserMessage("Be brief.\n\nHi"), HELLO]),
        ([BRIEF, HELLO, HI], [UserMessage(f"Be brief.\n\n{GO_ON}"), HELLO, HI]),
        ([BRIEF], [UserMessage(f"Be brief.\n\n{GO_ON}")]),
        ([HI, HELLO], [HI, HELLO]),
    ],
)
def test_the_first_user_message_carries_the_instructions(messages: list[Message], sent: list[Message]) -> None:
    """Nothing of them is lost, a user begins, and the roles alternate as before."""
    assert list(without_system(messages)) == sent
