"""The history that is sent is one that every known server accepts."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.messages import (
    AssistantMessage,
    Message,
    OpaqueFields,
    SystemMessage,
    ToolCall,
    ToolResult,
    UserMessage,
    join_neighbours,
)
from carrel.models.chat.server.request.history import (
    BLANK,
    BRIDGE,
    GO_ON,
    LOST,
    accepted_id,
    accepted_name,
    with_accepted_names,
    with_bridges,
    with_pairs,
    with_texts,
)

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
    sent = list(with_accepted_names(messages))
    made = [call.id for message in sent if isinstance(message, AssistantMessage) for call in message.calls]
    assert [message.call_id for message in sent if isinstance(message, ToolResult)] == made
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("[A-Za-z0-9]{9}", each) for each in made)


@given(HISTORIES, st.integers(0, 20))
def test_further_messages_change_no_earlier_id(messages: list[Message], count: int) -> None:
    """What was sent once is sent the same way again, so that servers can reuse their caches."""
    assert list(with_accepted_names(messages[:count])) == list(with_accepted_names(messages))[:count]


@given(HISTORIES)
def test_no_user_message_follows_a_result(messages: list[Message]) -> None:
    """Nothing but a bridge is added, and only where a user message would follow a result."""
    sent = list(with_bridges(messages))
    pairs = list(itertools.pairwise(sent))
    assert not any(isinstance(first, ToolResult) and isinstance(second, UserMessage) for first, second in pairs)
    assert [message for message in sent if message not in (AssistantMessage(BRIDGE), UserMessage(GO_ON))] == messages


def test_an_id_that_suits_is_kept() -> None:
    """An id of Mistral's own stays as it is; one of another server becomes the same id every time."""
    assert [accepted_id(each) for each in ("D681PevKs", "call_1", "call_1")] == ["D681PevKs"] + [
        accepted_id("call_1")
    ] * 2


@pytest.mark.parametrize(
    ("name", "sent"),
    [("post", "post"), ("functions.post:0", "functions_post_0"), ("", "_"), ("1st", "_1st"), ("f" * 99, "f" * 64)],
)
def test_a_name_that_nobody_offers_can_be_sent(name: str, sent: str) -> None:
    """Models make up names, which are told to them as a mistake; OpenAI refuses a history with such a name."""
    assert accepted_name(name) == sent


def test_results_stand_after_their_calls() -> None:
    """A late result moves up, a lost one is replaced, one without a call goes, and equal ids are told apart."""
    calls = (ToolCall("a", "f", "{}"), ToolCall("a", "f", "{}"), ToolCall("b", "g", "{}"))
    messages: list[Message] = [
        ToolResult("?", "f", "Nobody's."),
        AssistantMessage("", calls),
        UserMessage("Hello?"),
        ToolResult("a", "f", "One."),
        ToolResult("a", "f", "Two."),
    ]
    sent = list(with_pairs(messages))
    assert [message.text for message in sent] == ["", "One.", "Two.", LOST, "Hello?"]
    made = [call.id for call in calls_of(sent)]
    assert [message.call_id for message in sent if isinstance(message, ToolResult)] == made == ["a", "a again", "b"]


def calls_of(messages: list[Message]) -> list[ToolCall]:
    """Return all calls in messages."""
    return [call for message in messages if isinstance(message, AssistantMessage) for call in message.calls]


def test_no_text_is_blank_and_sides_alternate() -> None:
    """What says nothing says so, except beside calls; neighbours of one side become one."""
    asked = AssistantMessage(" ", (ToolCall("a", "f", "{}"),))
    messages: list[Message] = [
        UserMessage(" "),
        UserMessage("Hi"),
        AssistantMessage("Well."),
        asked,
        ToolResult("a", "f", "\n"),
    ]
    assert join_neighbours(with_texts(messages)) == [
        UserMessage(f"{BLANK}\n\nHi"),
        AssistantMessage("Well.", asked.calls),
        ToolResult("a", "f", BLANK),
    ]


def test_the_user_has_the_first_word_and_the_last() -> None:
    """A conversation that begins or ends with the model, or is empty, gets a line of the user."""
    said, system, user = AssistantMessage("Hm."), SystemMessage("Be brief."), UserMessage(GO_ON)
    assert list(with_bridges([said])) == [user, said, user]
    assert list(with_bridges([system, said])) == [system, user, said, user]
    assert list(with_bridges([])) == [user]


def test_marks_of_templates_are_set_apart() -> None:
    """A chat template refuses a history that holds its own marks in what the model said; the user may write them."""
    said, asked = AssistantMessage("<|channel|>analysis<|message|>Hm."), UserMessage("What is <|channel|>?")
    assert list(with_texts([said, asked])) == [AssistantMessage("<| channel |>analysis<| message |>Hm."), asked]


def test_an_id_that_opaque_fields_refer_to_stays() -> None:
    """Other ids are made such that every server behind a gateway takes them, and no id is used twice."""
    named = OpaqueFields("here m", '{"reasoning_details":[{"id":"tool_1"}]}')
    ordered = OpaqueFields("here m", '{"reasoning_items":[]}')
    signed = OpaqueFields("here m", "", ('{"extra_content":{"s":"x"}}',))
    given = [(named, "tool_1"), (signed, "call_1"), (ordered, "call_abc"), (named, "tool_1"), (signed, "")]
    messages = [AssistantMessage("", (ToolCall(each, "f", "{}"),), opaque=fields) for fields, each in given]
    ids = [message.calls[0].id for message in with_accepted_names(messages) if isinstance(message, AssistantMessage)]
    assert ids[:3] == ["tool_1", accepted_id("call_1"), "call_abc"]
    assert ids[3:] == [accepted_id("tool_1 again"), accepted_id("")]
