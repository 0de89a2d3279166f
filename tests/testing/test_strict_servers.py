"""The strict validator refuses what strict servers refuse."""

from typing import Any

import pytest

from carrel.testing.strict_servers import STRICT_SERVERS, violations

SYSTEM, USER, SAID = ({"role": role, "content": "Hi."} for role in ("system", "user", "assistant"))


def made(call_id: str = "abcdefghi", name: str = "f", arguments: str = "{}", **fields: Any) -> dict[str, Any]:
    """Return a message with a call."""
    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call | fields]}


def result(call_id: str = "abcdefghi", text: str = "One.") -> dict[str, Any]:
    """Return the result of a call."""
    return {"role": "tool", "tool_call_id": call_id, "content": text}


TOOLS = [{"function": {"name": "f", "parameters": {"properties": {"x": {}}}}}]
GOOD = [SYSTEM, USER, made(), result()]

CASES: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "sound": (GOOD, set()),
    "no messages": ([], set(STRICT_SERVERS)),
    "role": ([{"role": "tourist", "content": "Hi."}, USER], set(STRICT_SERVERS)),
    "null": ([{"role": "user", "content": None}], set(STRICT_SERVERS)),
    "field": ([{"role": "user", "content": "Hi.", "mood": 1}], set(STRICT_SERVERS)),
    "result alone": ([USER, SAID, result()], set(STRICT_SERVERS)),
    "call alone": ([USER, made(), USER], set(STRICT_SERVERS)),
    "call at the end": ([USER, made()], set(STRICT_SERVERS)),
    "name": ([USER, made(name="a b"), result()], set(STRICT_SERVERS)),
    "arguments": ([USER, made(arguments="{"), result()], set(STRICT_SERVERS)),
    "id": ([USER, made("call_1"), result("call_1")], {"mistral"}),
    "long id": ([USER, made("x" * 41), result("x" * 41)], set(STRICT_SERVERS)),
    "field of a call": ([USER, made(extra_content={}), result()], set(STRICT_SERVERS)),
    "user after result": ([USER, made(), result(), USER], {"mistral", "bedrock", "template"}),
    "last word": ([USER, SAID], {"mistral", "anthropic", "bedrock", "deepseek"}),
    "blank": ([{"role": "user", "content": " "}], {"gemini", "anthropic", "bedrock"}),
    "model first": ([SAID, USER], {"gemini", "anthropic", "bedrock", "template"}),
    "two users": ([USER, USER], {"bedrock", "template"}),
    "late system": ([USER, SAID, SYSTEM, USER], {"mistral", "gemini", "bedrock", "template"}),
    "same id": ([*GOOD, made(), result()], {"anthropic", "bedrock"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_rule_has_its_servers(name: str) -> None:
    """A request with tools is refused by exactly the servers that are known to refuse it; one takes no tools at all."""
    messages, servers = CASES[name]
    body = {"messages": messages, "tools": TOOLS}
    refusing = {server for server in STRICT_SERVERS if violations(body, server)}
    assert refusing - {"template_without_system"} == servers - {"template_without_system"}


def test_tools_have_rules_too() -> None:
    """Gemini wants no empty object, nobody an empty list, and Anthropic and Bedrock no calls without tools."""
    empty = {"messages": [USER], "tools": [{"function": {"name": "f", "parameters": {"properties": {}}}}]}
    assert [server for server in STRICT_SERVERS if violations(empty, server)] == ["gemini", "template_without_system"]
    assert all(violations({"messages": [USER], "tools": []}, server) for server in STRICT_SERVERS)
    without = [server for server in STRICT_SERVERS if violations({"messages": GOOD}, server)]
    assert without == ["anthropic", "bedrock", "template_without_system"]
    assert violations({"messages": [USER], "tools": [{"function": {"name": "a b"}}]}, "openai")
