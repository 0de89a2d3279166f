"""The history that is sent is one that every known server accepts."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.server.history import BRIDGE, accepted_id, with_accepted_ids, with_bridges

IDS = st.one_of(
    st.text(max_size=12), st.sampled_from(["call_1", "call_2", "toolu_01", "Ab3Ab3Ab3", accepted_id("call_1")])
)


def history(turns: list[tuple[list[str], bool]]) -> list[Message]:
    """Return turns that make calls with some ids, and whose calls are answered or not."""
    messages: list[Message] = [SystemMessage("You are Ada.")]
    for ids, answered in turns:
        messages.append(UserMessage("用户"))
        if ids:
            messages.append(AssistantMessage("", tuple(ToolCall(each, "f", "{}") for each in ids)))
            messages += [ToolResult(each, "f", "One.") for each in ids]
        if answered:
            messages.append(AssistantMessage("Done."))
    return messages


HISTORIES = st.lists(st.tuples(st.lists(IDS, unique=True, max_size=3), st.booleans()), max_size=4).map(history)
"""Ids are unique in a turn and may return in another."""


@given(HISTORIES)
def test_ids_suit_every_server_and_results_match(messages: list[Message]) -> None:
    """Ids are nine letters and digits, each used once; each result names the call that it had before."""
    sent = list(with_accepted_ids(messages))
    made = [call.id for message in sent if isinstance(message, AssistantMessage) for call in message.calls]
    assert [message.call_id for message in sent if isinstance(message, ToolResult)] == made
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("[A-Za-z0-9]{9}", each) for each in made)


@given(HISTORIES, st.integers(0, 20))
def test_further_messages_change_no_earlier_id(messages: list[Message], count: int) -> None:
    """What was sent once is sent the same way again, so that servers can reuse their caches."""
    assert list(with_accepted_ids(messages[:count])) == list(with_accepted_ids(messages))[:count]


@given(HISTORIES)
def test_no_user_message_follows_a_result(messages: list[Message]) -> None:
    """Nothing but a bridge is added, and only where a user message would follow a result."""
    sent = list(with_bridges(messages))
    pairs = list(itertools.pairwise(sent))
    assert not any(isinstance(first, ToolResult) and isinstance(second, UserMessage) for first, second in pairs)
    assert [message for message in sent if message != AssistantMessage(BRIDGE)] == messages


def test_an_id_that_suits_is_kept() -> None:
    """An id of Mistral's own stays as it is; one of another server becomes the same id every time."""
    assert [accepted_id(each) for each in ("D681PevKs", "call_1", "call_1")] == ["D681PevKs"] + [
        accepted_id("call_1")
    ] * 2
