"""Find out what a model server can do, by a few small requests of a few hundred tokens in all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from carrel.errors import CarrelError
from carrel.imports import importing
from carrel.messages import ToolSchema, UserMessage
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.chat.server.payload import build_payload
from carrel.protocols import Reply, Request

State = Literal["ok", "warn", "fail"]

WORD = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
TOOL = ToolSchema("note_word", "Note a word.", WORD)
HELLO = Request((UserMessage("Answer with the one word: hello"),), max_tokens=64)
ONE = Request((UserMessage("Call note_word with the word apple."),), (TOOL,), max_tokens=256)
TWO = Request((UserMessage("Call note_word twice at once: with the word apple, and with pear."),), (TOOL,), 256)

CHOICES: dict[str, Any] = {
    "none": "none",
    "required": "required",
    "named": {"type": "function", "function": {"name": TOOL.name}},
}
COUNTING_PATHS: dict[str, dict[str, Any]] = {
    "/tokenize": {"content": "hello", "prompt": "hello"},
    "/v1/chat/completions/input_tokens": {"messages": [{"role": "user", "content": "hello"}]},
}
"""The paths at which llama.cpp and vLLM count tokens, with a body for each."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The result of one probe."""

    subject: str
    state: State
    text: str


def probe(model: OpenAIChat) -> Iterator[ProbeResult]:
    """Forget what was learned about the server, probe it and yield each result; stop if it does not answer at all."""
    window = model.capabilities.window
    model.forget()
    first = _result("reply", lambda: _reply(model))
    yield first
    if first.state == "fail":
        return
    yield _result("model list", lambda: _list_models(model))
    yield _streaming(model)
    yield _result("tools", lambda: _tools(model))
    if model.capabilities.tools:
        yield _result("tool_choice", lambda: _choices(model))
        yield _result("parallel calls", lambda: _parallel(model))
    yield _usage(model)
    yield _result("token count", lambda: _counter(model))
    yield _window(model, window)


def _result(subject: str, look: Callable[[], tuple[State, str]]) -> ProbeResult:
    try:
        return ProbeResult(subject, *look())
    except CarrelError as error:
        return ProbeResult(subject, "fail", str(error))


def _reply(model: OpenAIChat) -> tuple[State, str]:
    text = " ".join(_ask(model, HELLO).message.text.split())
    return ("ok", f"model '{model.name}' answers") if text else ("warn", f"model '{model.name}' says nothing")


def _streaming(model: OpenAIChat) -> ProbeResult:
    if model.capabilities.streaming is False:
        return ProbeResult("streaming", "warn", "not supported: replies arrive as a whole")
    model.learn(streaming=True)
    return ProbeResult("streaming", "ok", "replies arrive as they are written")


def _tools(model: OpenAIChat) -> tuple[State, str]:
    reply = _ask(model, ONE)
    if model.capabilities.tools is False:
        return "warn", "not supported: the agent chats, and remembers by page-in alone"
    if not reply.message.calls:
        return (
            "warn",
            "accepted, but the model made no call: it may be too small, or the server's parser for calls is off",
        )
    how = "in fragments" if model.capabilities.argument_streaming else "whole"
    return "ok", f"calls arrive {how}"


def _choices(model: OpenAIChat) -> tuple[State, str]:
    accepted = [name for name, form in CHOICES.items() if _obeys(model, name, form)]
    model.learn(tool_choice=" ".join(accepted) or "auto")
    return "ok", f"auto{''.join(f', {name}' for name in accepted)}"


def _obeys(model: OpenAIChat, name: str, form: Any) -> bool:
    """Return whether a value of tool_choice is accepted and obeyed: some servers ignore it silently."""
    with importing("openai"):
        import openai

    payload = build_payload(ONE, model.name, model.capabilities, model.long_limit)
    payload = {key: value for key, value in payload.items() if key != "stream_options"} | {"stream": False}
    try:
        choices = model.client().chat.completions.create(**payload, tool_choice=form).choices
    except openai.APIError:
        return False
    called = bool(choices and choices[0].message and choices[0].message.tool_calls)
    return called == (name != "none")


def _parallel(model: OpenAIChat) -> tuple[State, str]:
    count = len(_ask(model, TWO).message.calls)
    model.learn(parallel_calls=count > 1)
    return "ok", "several calls in one reply" if count > 1 else "one call in each reply"


def _usage(model: OpenAIChat) -> ProbeResult:
    if model.capabilities.usage:
        return ProbeResult("usage", "ok", "reported")
    return ProbeResult("usage", "warn", "not reported: tokens are estimated")


def _list_models(model: OpenAIChat) -> tuple[State, str]:
    with importing("openai"):
        import openai

    try:
        names = [item.id for item in model.client().models.list().data or ()]
    except openai.APIError:
        return "warn", "the server lists no models"
    if model.name in {known for name in names for known in (name, name.removesuffix(":latest"))}:
        return "ok", f"{len(names)} models, '{model.name}' among them"
    return "warn", f"'{model.name}' is not among the server's models: {', '.join(names[:5])}"


def _counter(model: OpenAIChat) -> tuple[State, str]:
    root = model.base_url.rstrip("/").removesuffix("/v1")
    found = next((path for path, body in COUNTING_PATHS.items() if _counts(model, root + path, body)), None)
    if found is None:
        return "ok", "no endpoint for it: Carrel counts tokens itself"
    model.learn(token_count=found)
    return "ok", f"at {found}"


def _counts(model: OpenAIChat, url: str, body: dict[str, Any]) -> bool:
    with importing("httpx2", "openai"):
        import httpx2
        import openai

    try:
        answer = model.client().post(url, cast_to=httpx2.Response, body={"model": model.name, **body})
    except openai.APIError:
        return False
    return answer.status_code == 200 and "token" in answer.text


def _window(model: OpenAIChat, before: int | None) -> ProbeResult:
    if model.capabilities.window:
        return ProbeResult("window", "ok", f"{model.capabilities.window} tokens, as set")
    known = f"; the {before} tokens that it stated before are forgotten" if before else ""
    return ProbeResult("window", "ok", f"not known until a request is too long{known}")


def _ask(model: OpenAIChat, request: Request) -> Reply:
    return next(item for item in model.stream(request) if isinstance(item, Reply))
