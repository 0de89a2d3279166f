"""Calls are put together from fragments, however a server cuts and names them."""

from typing import Any

import pytest

from carrel.models.chat.server.call_drafts import CallDrafts


def fragment(index: int | None, call_id: str | None, name: str | None, arguments: str = "") -> dict[str, Any]:
    """Return an item of `tool_calls`."""
    return {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    ("fragments", "calls"),
    [
        ([fragment(0, "a", "post"), fragment(0, None, None, '{"x":'), fragment(0, None, None, "1}")], ["post{'x':1}"]),
        ([fragment(0, "a", "po"), fragment(0, "a", "st", "{}")], ["post{}"]),
        ([fragment(0, "a", "po"), fragment(0, None, "post", "{}")], ["post{}"]),
        ([fragment(0, "a", "post", '{"x":'), fragment(0, "a", "post", "1}")], ["post{'x':1}"]),
        ([fragment(0, "a", "post", '{"x":'), fragment(0, "b", "post", "1}")], ["post{'x':1}"]),
        ([fragment(None, "a", "post", '{"x"'), fragment(None, "b", "post", ":"), fragment(None, "c", "post", "1}")],
         ["post{'x':1}"]),
        ([fragment(None, "a", "post"), fragment(None, "b", "post", '{"x":'), fragment(None, "c", None, "1}")],
         ["post{'x':1}"]),
        ([fragment(0, "a", "post", "{}"), fragment(0, "b", "post", "{}")], ["post{}", "post{}"]),
        ([fragment(0, None, "post", "{}"), fragment(0, None, "post", "{}")], ["post{}", "post{}"]),
        ([fragment(0, "a", "f", "{}"), fragment(0, "b", "g", "{}")], ["f{}", "g{}"]),
        ([fragment(0, "a", "f"), fragment(1, "b", "f"), fragment(0, None, None, "{}"), fragment(1, None, None, "{}")],
         ["f{}", "f{}"]),
    ],
)  # fmt: skip
def test_fragments_add_up_to_calls(fragments: list[dict[str, Any]], calls: list[str]) -> None:
    """No name is halved, no call is split in two and no two calls are joined."""
    drafts = CallDrafts()
    drafts.add_all({"tool_calls": fragments})
    assert [draft.name + draft.arguments().replace('"', "'") for draft in drafts.drafts] == calls
    assert drafts.are_whole


def test_a_call_as_the_api_once_had_it() -> None:
    """A `function_call` is a call too; what is none is left out."""
    drafts = CallDrafts()
    drafts.add_all({"function_call": {"name": "f", "arguments": '{"x'}, "tool_calls": ["?"]})
    drafts.add_all({"function_call": {"arguments": '": 1}'}, "tool_calls": None})
    assert [(draft.name, draft.arguments()) for draft in drafts.drafts] == [("f", '{"x": 1}')]
