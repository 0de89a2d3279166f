"""The rules by which strict servers refuse a request, each as a function of its body. Pure.

They are what the servers' own validation says: OpenAI's, Mistral's, those of the compatible endpoints of Gemini,
Anthropic and Bedrock, DeepSeek's, and the chat templates of models with and without a system role.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args

StrictServer = Literal[
    "openai", "mistral", "gemini", "anthropic", "bedrock", "deepseek", "template", "template_without_system"
]
STRICT_SERVERS: tuple[StrictServer, ...] = get_args(StrictServer)

Body = Mapping[str, Any]
Rule = Callable[[Body], Iterator[str]]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_FIELDS: Mapping[str, frozenset[str]] = {
    "system": frozenset({"role", "content"}),
    "user": frozenset({"role", "content"}),
    "assistant": frozenset({"role", "content", "tool_calls"}),
    "tool": frozenset({"role", "content", "tool_call_id"}),
}


def violations(body: Body, server: StrictServer) -> list[str]:
    """Return why a server refuses a request; empty where it accepts it."""
    return [fault for rule in (*_EVERYWHERE, *_RULES[server]) for fault in rule(body)]


def _well_formed(body: Body) -> Iterator[str]:
    """Every message has a known role, the fields of its role, and content of the right type."""
    if not body["messages"]:
        yield "there are no messages"
    for place, message in enumerate(body["messages"]):
        known = _FIELDS.get(message["role"])
        if known is None:
            yield f"message {place} has the role {message['role']!r}"
        elif unknown := message.keys() - known:
            yield f"message {place} has the unknown fields {sorted(unknown)}"
        if not isinstance(message.get("content"), str) and not (
            message["content"] is None and message.get("tool_calls")
        ):
            yield f"message {place} has {message.get('content')!r} as its content"


def _paired(body: Body) -> Iterator[str]:
    """Each message with calls is followed by one result for each of its calls, and no result stands elsewhere."""
    open_calls: list[str] = []
    for place, message in enumerate(body["messages"]):
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                yield f"message {place} is a result of no call"
            else:
                open_calls.remove(message["tool_call_id"])
            continue
        if open_calls:
            yield f"message {place} stands before the results of {open_calls}"
        open_calls = [call["id"] for call in message.get("tool_calls") or ()]
    if open_calls:
        yield f"the calls {open_calls} have no results"


def _calls_valid(body: Body) -> Iterator[str]:
    """Calls have a name, an id of their own and a JSON object as arguments."""
    for message in body["messages"]:
        if "tool_calls" in message and not message["tool_calls"]:
            yield "a message has an empty list of calls"
        made = _calls(message)
        if len({call["id"] for call in made}) < len(made):
            yield "two calls of one message have the same id"
        for call in made:
            yield from _faults_of_call(call)


def _faults_of_call(call: Mapping[str, Any]) -> Iterator[str]:
    function = call["function"]
    if call.keys() != {"id", "type", "function"} or call["type"] != "function":
        yield f"a call has the fields {sorted(call)}"
    if not 0 < len(call["id"]) <= 40:
        yield f"the id {call['id']!r} is too short or too long"
    if not _NAME.fullmatch(function["name"]):
        yield f"the name {function['name']!r} has characters that are not allowed"
    try:
        arguments = json.loads(function["arguments"])
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        yield f"the arguments {function['arguments']!r} are not a JSON object"


def _tools_named(body: Body) -> Iterator[str]:
    for tool in body.get("tools") or ():
        if not _NAME.fullmatch(tool["function"]["name"]):
            yield f"the tool {tool['function']['name']!r} has a name that is not allowed"


def _no_empty_tools(body: Body) -> Iterator[str]:
    if "tools" in body and not body["tools"]:
        yield "the list of tools is empty"


def _short_ids(body: Body) -> Iterator[str]:
    for call in _all_calls(body):
        if not re.fullmatch("[a-zA-Z0-9]{9}", call["id"]):
            yield f"the id {call['id']!r} must be nine letters and digits"


def _no_user_after_result(body: Body) -> Iterator[str]:
    for first, second in itertools.pairwise(body["messages"]):
        if first["role"] == "tool" and second["role"] not in {"tool", "assistant"}:
            yield f"unexpected role '{second['role']}' after role 'tool'"


def _last_word(body: Body) -> Iterator[str]:
    if body["messages"] and body["messages"][-1]["role"] not in {"user", "tool"}:
        yield "expected last role user or tool"


def _says_something(body: Body) -> Iterator[str]:
    for place, message in enumerate(body["messages"]):
        if message["role"] == "assistant" and not message.get("content") and not message.get("tool_calls"):
            yield f"assistant message {place} must have either content or tool calls"


def _no_blank_text(body: Body) -> Iterator[str]:
    for place, message in enumerate(body["messages"]):
        if message["content"] is not None and not message["content"].strip():
            yield f"the text of message {place} is blank"


def _user_first(body: Body) -> Iterator[str]:
    spoken = [message for message in body["messages"] if message["role"] != "system"]
    if not spoken or spoken[0]["role"] != "user":
        yield "the conversation must begin with a user message"


def _system_first(body: Body) -> Iterator[str]:
    roles = [message["role"] for message in body["messages"]]
    if "system" in roles[1:]:
        yield "a system message stands in the middle"


def _alternating(body: Body) -> Iterator[str]:
    """The user's side, results of calls included, and the model's take turns."""
    sides = ["model" if message["role"] == "assistant" else "user" for message in body["messages"]]
    sides = sides[1:] if body["messages"] and body["messages"][0]["role"] == "system" else sides
    results = [message["role"] == "tool" for message in body["messages"]][-len(sides) :]
    for place, (first, second) in enumerate(itertools.pairwise(sides)):
        if first == second and not (results[place] and results[place + 1]):
            yield f"the roles do not alternate at message {place + 1}"


def _tools_with_calls(body: Body) -> Iterator[str]:
    if _all_calls(body) and not body.get("tools"):
        yield "tools must be defined where there are calls"


def _unique_ids(body: Body) -> Iterator[str]:
    ids = [call["id"] for call in _all_calls(body)]
    if len(set(ids)) < len(ids):
        yield "ids of calls must be unique"


def _full_objects(body: Body) -> Iterator[str]:
    for tool in body.get("tools") or ():
        parameters = tool["function"].get("parameters")
        if parameters is not None and not parameters.get("properties"):
            yield f"the properties of {tool['function']['name']} must not be empty"


def _no_marks(body: Body) -> Iterator[str]:
    for place, message in enumerate(body["messages"]):
        if message["role"] == "assistant" and "<|channel|>" in (message["content"] or ""):
            yield f"message {place} contains <|channel|> tags"


def _no_system(body: Body) -> Iterator[str]:
    if any(message["role"] == "system" for message in body["messages"]):
        yield "system role not supported"


def _no_tools(body: Body) -> Iterator[str]:
    if body.get("tools") or any(message["role"] == "tool" for message in body["messages"]) or _all_calls(body):
        yield "tools are not supported"


def _calls(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(message.get("tool_calls") or ())


def _all_calls(body: Body) -> list[Mapping[str, Any]]:
    return [call for message in body["messages"] for call in _calls(message)]


_EVERYWHERE: tuple[Rule, ...] = (_well_formed, _paired, _calls_valid, _tools_named, _no_empty_tools)
_RULES: Mapping[StrictServer, tuple[Rule, ...]] = {
    "openai": (),
    "mistral": (_short_ids, _no_user_after_result, _last_word, _says_something, _system_first),
    "gemini": (_no_blank_text, _user_first, _full_objects, _system_first),
    "anthropic": (_no_blank_text, _user_first, _unique_ids, _tools_with_calls, _last_word),
    "bedrock": (_no_blank_text, _user_first, _unique_ids, _tools_with_calls, _alternating, _last_word),
    "deepseek": (_says_something, _last_word),
    "template": (_no_marks, _system_first, _user_first, _alternating, _no_user_after_result),
    "template_without_system": (_no_system, _no_tools, _user_first, _alternating),
}
