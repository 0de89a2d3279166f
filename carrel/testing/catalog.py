"""Faults that were seen on real model servers, by name; docs/faults.md says what Carrel does about each.

The faults in calls use a tool `post` that takes `text`. A fault is an item of a script:

    FakeServer([fault("rate-limit-wait", seconds=1), say("Here.")])
"""

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from carrel.errors import UsageError
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.scripted import call, calls, say
from carrel.protocols import Finish, Reply
from carrel.testing.call_dialects import CALL_DIALECTS
from carrel.testing.fault import End, Fault, problem
from carrel.testing.wire import Chunk, delta

FaultItem = Fault | Reply | AssistantMessage
"""An item of a script."""
Maker = Callable[..., FaultItem]

TOOL = "post"
HALF = "Half an answer that"
HTML = "<html><head><style>b {}</style></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"
_RAW = json.dumps(problem("Unknown parameter: top_z."))
OVERFLOW = "This model's maximum context length is 100000 tokens. Please reduce the length of the messages."


def fault(name: str, /, **options: Any) -> FaultItem:
    """Return a fault of the catalog; some faults take options.

    Raises:
        UsageError: there is no such fault, or it does not take these options.
    """
    if name not in FAULTS:
        raise UsageError(f"Fault '{name}' is unknown.", f"Use one of: {', '.join(FAULTS)}.")
    try:
        return FAULTS[name](**options)
    except TypeError:
        raise UsageError(f"Fault '{name}' does not take {', '.join(options)}.", "Leave them out.") from None


def _status(status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None) -> Maker:
    return lambda: Fault(status, problem(message, code), headers or {})


def _chunks(*chunks: Any, end: End = "done") -> Maker:
    return lambda: Fault(200, chunks=chunks, end=end)


def _text(text: str, finish: str | None = None, **fields: Any) -> Chunk:
    return delta({"content": text, **fields}, finish)


def _fragment(arguments: Any, index: int | None = 0, call_id: str | None = "c1", name: str | None = TOOL) -> Chunk:
    function = {"name": name, "arguments": arguments}
    return delta({"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]})


def _post(text: str) -> str:
    return json.dumps({"text": text}, ensure_ascii=False)


_NUMBERS = itertools.count(1)
_CALLED = delta({}, "tool_calls")
_STOPPED = delta({}, "stop")


def _call_with(arguments: str, name: str = TOOL, finish: Finish = "tool_calls") -> Maker:
    """Return a reply that calls a tool with exactly these arguments."""
    return lambda: Reply(AssistantMessage("", (ToolCall("c1", name, arguments),)), None, finish)


def _overflow(words: str = OVERFLOW) -> Fault:
    return Fault(400, problem(words, "context_length_exceeded" if words == OVERFLOW else "invalid_request_error"))


def _rate_limit(seconds: float) -> Fault:
    return Fault(429, problem("Slow down.", "rate_limit_exceeded"), {"Retry-After": f"{seconds:g}"})


_CALLS: dict[str, Maker] = {
    "truncated-arguments": _call_with('{"text": "half an argu'),
    "cut-arguments": _call_with('{"text": "whole by chance"}', finish="length"),
    "object-arguments": _chunks(_fragment({"text": "object"}), _CALLED),
    "empty-arguments": _chunks(_fragment(""), _CALLED),
    "two-objects": _call_with(_post("one") + _post("two")),
    "duplicate-keys": _call_with('{"text": "one", "text": "two"}'),
    "wrong-types": _call_with('{"text": ["a", 1]}'),
    "missing-required": _call_with("{}"),
    "unknown-tool": _call_with(_post("x"), name="send_message"),
    "text-call": lambda: say('<tool_call>\n{"name": "post", "arguments": {"text": "as text"}}\n</tool_call>'),
    "parallel-calls": lambda: calls(call(TOOL, text="one"), call(TOOL, text="two")),
    "same-index": _chunks(_fragment(_post("one")), _fragment(_post("two"), 0, "c2"), _CALLED),
    "no-ids": _chunks(_fragment(_post("one"), 0, None), _fragment(_post("two"), 1, None), _CALLED),
    "no-index": _chunks(_fragment('{"text": ', None), _fragment('"one"}', None, "c1", None), _CALLED),
    "changing-ids": _chunks(
        _fragment('{"text": ', None, "c1"), _fragment('"one', None, "c2"), _fragment('"}', None, "c3"), _CALLED
    ),
    "name-in-pieces": _chunks(_fragment("", name="po"), _fragment(_post("one"), call_id=None, name="st"), _CALLED),
    "function-call": _chunks(
        delta({"function_call": {"name": TOOL, "arguments": _post("one")}}), delta({}, "function_call")
    ),
    "empty-names": _chunks(_fragment('{"text": '), _fragment('"one"}', 0, "", ""), _CALLED),
    "empty-fields": _chunks(
        _text("", "", tool_calls=[]), _fragment(_post("one")), _text("", "", tool_calls=[]), delta({}, "tool_call")
    ),
    "tool-use-failed": _status(400, "Failed to call a function. See 'failed_generation'.", "tool_use_failed"),
    "whole-call": _chunks(_fragment(_post("one")), _CALLED),
    "calls-that-stop": _chunks(_fragment(_post("one")), _STOPPED),
    "endless-calls": lambda: call(TOOL, text=f"again, {next(_NUMBERS)}"),
    "same-call": lambda: call(TOOL, text="the same"),
}

_MARKUPS = itertools.cycle(CALL_DIALECTS.values())

_ACTIONS: dict[str, Maker] = {
    "action-ignored": lambda: say("As I like it."),
    "action-cut": lambda: say('{"reply": "Half an answer that'),
    "action-same-call": lambda: say(json.dumps({TOOL: "the same"})),
    "action-markup": lambda: say(next(_MARKUPS)(TOOL, {"text": f"again, {next(_NUMBERS)}"})),
    "action-bytes": _chunks(*map(_text, '{"reply": "Aloud."}'), _STOPPED),
    "action-refused": _status(400, "This model does not support response_format with a json_schema."),
}
"""Of models that are asked for actions."""

_STATUSES: dict[str, Maker] = {
    "overflow": _overflow,
    "unauthorised": _status(401, "Incorrect API key provided.", "invalid_api_key"),
    "forbidden": _status(403, "You are not allowed to sample from this model."),
    "bad-key": lambda: Fault(400, [problem("API key not valid.")]),
    "content-policy": _status(400, "Triggered the content management policy.", "content_filter"),
    "data-policy": _status(404, "No endpoints found matching your data policy (free models)."),
    "payment": _status(402, "Insufficient credits."),
    "detail-list": lambda: Fault(422, {"detail": [{"msg": "Field required"}, {"msg": "Too few items"}]}),
    "provider-error": lambda: Fault(400, {"error": {"message": "Provider returned error", "metadata": {"raw": _RAW}}}),
    "unknown-model": _status(404, "The model 'any' does not exist.", "model_not_found"),
    "wrong-path": lambda: Fault(404, "404 page not found"),
    "chat-refused": _status(
        400,
        "Function tools with reasoning_effort are not supported for any in /v1/chat/completions. To use function "
        "tools, use /v1/responses or set reasoning_effort to 'none'.",
    ),
    "refused": _status(400, "Invalid schema for function 'post'.", "invalid_function_parameters"),
    "request-timeout": _status(408, "Request timeout."),
    "conflict": _status(409, "The engine is being swapped."),
    "rate-limit": _status(429, "Slow down.", "rate_limit_exceeded"),
    "rate-limit-wait": lambda seconds=1.0: _rate_limit(seconds),
    "rate-limit-long": lambda seconds=3600.0: _rate_limit(seconds),
    "quota": _status(429, "You exceeded your current quota.", "insufficient_quota"),
    "server-error": _status(500, "The GPU fell over.", "server_error"),
    "bad-gateway": lambda: Fault(502, HTML, {"Content-Type": "text/html"}),
    "unavailable": _status(503, "Loading model.", "unavailable_error"),
    "overloaded": _status(529, "Overloaded.", "overloaded_error"),
    "string-error": lambda: Fault(400, {"error": "No model is loaded."}),
    "html-error": lambda: Fault(400, HTML.replace("502 Bad Gateway", "Blocked"), {"Content-Type": "text/html"}),
    "capitals-error": lambda: Fault(400, {"Error": {"Code": "BadParameter", "Message": "The parameter is odd."}}),
    "fault-error": lambda: Fault(400, {"fault": {"faultstring": "The gateway has no policy.", "detail": {}}}),
    "field-errors": lambda: Fault(422, {"errors": {"top_p": ["is out of range"]}}),
    "packed-error": lambda: Fault(400, {"error": json.dumps({"result": {"text": "The parameter is odd."}})}),
    "outer-error": lambda: Fault(400, {"error": "Bad Request", "description": "The parameter is odd."}),
    "xml-error": lambda: Fault(400, "<Error><Code>E1</Code><Message>The parameter is odd.</Message></Error>"),
    "event-error": lambda: Fault(400, 'event: error\ndata: {"error": {"message": "The parameter is odd."}}\n\n'),
    "code-error": lambda: Fault(400, {"status": "error", "code": 1214}),
    "silent-error": lambda: Fault(400, {"success": False}),
    "empty-error": lambda: Fault(400),
    "region": _status(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
    "key-limit": _status(403, "Key limit exceeded (total limit)."),
    "retired-model": _status(400, "The model 'any' has been decommissioned.", "model_decommissioned"),
    "blocked-prompt": _status(400, "Request blocked: prompt contains PII."),
    "throttled": _status(400, "Too many requests, please wait before trying again.", "ThrottlingException"),
    "redirect": lambda: Fault(307, "", {"Location": "http://elsewhere.example/v1"}),
}

_CONNECTIONS: dict[str, Maker] = {
    "hang-up": lambda: Fault(0),
    "reset": lambda: Fault(0, end="reset"),
    "stall": lambda: Fault(0, end="stall"),
    "reset-midstream": _chunks(_text(HALF), end="reset"),
    "cut-midstream": _chunks(_text(HALF), end="close"),
    "cut-midcall": _chunks(_fragment('{"text": "ha'), end="close"),
    "stall-midstream": _chunks(_text(HALF), end="stall"),
    "drip": lambda pause=0.05: Fault(200, chunks=(), end="drip", pause=pause),
    "slow": lambda pause=0.05: Fault(200, chunks=[_text(word) for word in ("Slow", "ly.")] + [_STOPPED], pause=pause),
}

_STREAMS: dict[str, Maker] = {
    "error-event": lambda: Fault(200, chunks=(_text(HALF), problem("The GPU fell over."))),
    "empty-choices": _chunks({"choices": []}),
    "null-choices": _chunks({"choices": None}),
    "error-in-choice": _chunks(
        _text(HALF), {"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "The provider left."}}]}
    ),
    "error-after-200": _chunks(_text(HALF), {"error": {"code": 503, "message": "No worker is free."}, "choices": []}),
    "error-named-event": lambda: Fault(
        200,
        'event: error\ndata: {"error": {"message": "tool call validation failed", "code": "tool_use_failed"}}\n\n',
        {"Content-Type": "text/event-stream"},
    ),
    "error-object": _chunks(_text(HALF), {"object": "error", "message": "The worker died."}, end="close"),
    "error-beside": _chunks(_text(HALF), {"error": True, "detail": "The worker died."}),
    "error-field": lambda: Fault(
        200, 'error: {"code": 500, "message": "The worker died."}\n\n', {"Content-Type": "text/event-stream"}
    ),
    "success-false": lambda: Fault(
        500, {"success": False, "error": {"code": "INTERNAL_SERVER_ERROR", "status": 500, "message": "Try later."}}
    ),
    "filter-results-first": _chunks(
        {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]},
        _text("Unfiltered."),
        _STOPPED,
    ),
    "usage-in-every-chunk": _chunks(
        *({**_text(word), "usage": {"prompt_tokens": 900, "completion_tokens": n}} for n, word in enumerate("ABC")),
        {**_STOPPED, "usage": None},
    ),
    "no-finish": _chunks(_text("Whole.")),
    "half-call-done": _chunks(_fragment('{"text": "ha')),
    "finish-failed": _chunks(_text(HALF), delta({}, "insufficient_system_resource")),
    "finish-capitals": _chunks(_text("As far as I got"), delta({}, "MAX_TOKENS")),
    "finish-unknown": _chunks(_text("Perhaps whole."), delta({}, "moon_phase")),
    "web-page": lambda: Fault(200, HTML.replace("502 Bad Gateway", "Sign in"), {"Content-Type": "text/html"}),
    "plain-text": lambda: Fault(200, "Ollama is running"),
    "no-choices": lambda: Fault(200, {"object": "list", "data": []}),
    "other-events": _chunks({"type": "response.created"}, {"type": "response.output_text.delta", "delta": "Hi"}),
    "cached-left-out": _chunks(
        _text("Cached."), _STOPPED, {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}
    ),
    "no-done": _chunks(_text("Whole."), _STOPPED, end="close"),
    "no-usage": _chunks(_text("Uncounted."), _STOPPED),
    "late-usage": _chunks(
        _text("Counted."), _STOPPED, {"choices": [], "usage": {"prompt_tokens": 77, "completion_tokens": 3}}
    ),
    "not-json": lambda: Fault(200, "data: {oops\n\n", {"Content-Type": "text/event-stream"}),
    "whole-body": lambda: Fault(200, {"choices": [{"message": {"content": "Unasked."}, "finish_reason": "stop"}]}),
    "invalid-utf8": lambda: Fault(
        200,
        b'data: {"choices": [{"delta": {"content": "caf\xff"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n',
        {"Content-Type": "text/event-stream"},
    ),
    "empty-reply": lambda: say(""),
    "length": lambda: Reply(say("As far as I got"), None, "length"),
    "length-in-thought": _chunks(delta({"reasoning": "hm"}), delta({}, "length")),
    "content-filter": lambda: Reply(say(""), None, "content_filter"),
    "content-filter-midway": lambda: Reply(say("Once upon a"), None, "content_filter"),
    "refusal": _chunks(delta({"refusal": "I can't help with that."}), _STOPPED),
    "finish-refusal": _chunks(_text("I won't."), delta({}, "refusal")),
    "reasoning": _chunks(delta({"reasoning": "Secret."}), _text("Aloud."), _STOPPED),
    "reasoning-content": _chunks(delta({"reasoning_content": "Secret."}), _text("Aloud."), _STOPPED),
    "think": lambda: say("<think>Secret.</think>\n\nAloud."),
    "surrogate": lambda: say("Lone \ud83d here."),
}

FAULTS: dict[str, Maker] = {**_STATUSES, **_CONNECTIONS, **_STREAMS, **_CALLS, **_ACTIONS}
