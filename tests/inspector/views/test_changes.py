"""What entered main context and what left it is what the two requests do not share."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.context.breakdown import ContextParts
from carrel.inspector.views.changes import Entry, compare, describe_message

EMPTY = ContextParts(instructions="", core="", summary="", queue=(), recalled="", tail="", tools=())
MESSAGES = st.lists(st.sampled_from(["one", "two", "三"]).map(lambda text: {"role": "user", "content": text}))


def test_lines_messages_and_tools_enter_and_leave() -> None:
    """A line of core memory, a message and a tool are each told; the tail is not."""
    before = replace(EMPTY, core="Likes tea.\nLives in Rome.", queue=({"role": "user", "content": "Hello"},), tail="a")
    result, tool = {"role": "tool", "content": "ok"}, {"function": {"name": "post"}}
    after = replace(EMPTY, core="Likes tea.\n住在里斯本。", queue=(result,), tail="b", tools=(tool,))
    assert compare(before, after) == (
        [Entry("core", "住在里斯本。"), Entry("queue", "ok", "tool"), Entry("tools", "post")],
        [Entry("core", "Lives in Rome."), Entry("queue", "Hello", "user")],
    )


def test_all_enters_where_nothing_was_before() -> None:
    """Without a request before, nothing left."""
    assert compare(None, replace(EMPTY, summary="Once.")) == ([Entry("summary", "Once.")], [])


@given(MESSAGES, MESSAGES)
def test_what_stays_is_neither(before: list[dict[str, str]], after: list[dict[str, str]]) -> None:
    """What was there, less what left, with what entered, is what is there now."""
    old, new = replace(EMPTY, queue=tuple(before)), replace(EMPTY, queue=tuple(after))
    entered, left = compare(old, new)
    assert not Counter(entered) & Counter(left)
    stays = Counter(message["content"] for message in before) - Counter(entry.text for entry in left)
    assert stays + Counter(entry.text for entry in entered) == Counter(message["content"] for message in after)


def test_a_message_is_its_text_and_its_calls() -> None:
    """Calls stand below the text, one a line; a missing text is none."""
    calls = [{"function": {"name": "post", "arguments": "{}"}}]
    assert describe_message({"content": "Yes.", "tool_calls": calls}) == "Yes.\npost {}"
    assert describe_message({"content": None, "tool_calls": calls}) == "post {}"
    assert Entry("queue", "x", "user").to_json() == {"part": "queue", "text": "x", "role": "user"}
