"""Find out what a model server can do, by a handful of tiny requests. Asks for a few hundred tokens in all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from carrel.errors import CarrelError
from carrel.messages import ToolSchema, UserMessage
from carrel.models.chat.openai_chat import OpenAIChat
from carrel.models.chat.payload import build_payload
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
COUNTERS: dict[str, dict[str, Any]] = {
    "/tokenize": {"content": "hello", "prompt": "hello"},
    "/v1/chat/completions/input_tokens": {"messages": [{"role": "user", "content": "hello"}]},
}
"""Where llama.cpp and vLLM count tokens."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What one probe found."""

    subject: str
    state: State
    said: str


def probe(model: OpenAIChat) -> Iterator[Probed]:
    """Forget what was known, ask, tell, and let the model remember; once nothing answers, no more is asked."""
    window = model.capabilities.window
    model.forget()
    first = _probed("reply", lambda: _reply(model))
    yield first
    if first.state == "fail":
        return
    yield _probed("model list", lambda: _listed(model))
    yield _streaming(model)
    yield _probed("tools", lambda: _tools(model))
    if model.capabilities.tools:
        yield _probed("tool_choice", lambda: _choices(model))
        yield _probed("parallel calls", lambda: _parallel(model))
    yield _usage(model)
    yield _probed("token count", lambda: _counter(model))
    yield _window(model, window)


def _probed(subject: str, look: Callable[[], tuple[State, str]]) -> Probed:
    try:
        return Probed(subject, *look())
    except CarrelError as error:
        return Probed(subject, "fail", str(error))


def _reply(model: OpenAIChat) -> tuple[State, str]:
    text = " ".join(_asked(model, HELLO).message.text.split())
    return ("ok", f"model '{model.name}' answers") if text else ("warn", f"model '{model.name}' says nothing")


def _streaming(model: OpenAIChat) -> Probed:
    if model.capabilities.streaming is False:
        return Probed("streaming", "warn", "not supported: replies come as a whole")
    model.learn(streaming=True)
    return Probed("streaming", "ok", "replies come as they are made")


def _tools(model: OpenAIChat) -> tuple[State, str]:
    reply = _asked(model, ONE)
    if model.capabilities.tools is False:
        return "warn", "not supported: the agent chats, and recalls by page-in alone"
    if not reply.message.calls:
        return "warn", "accepted, but the model made no call: it may be too small, or its parser is not switched on"
    how = "in fragments" if model.capabilities.argument_streaming else "whole"
    return "ok", f"calls come {how}"


def _choices(model: OpenAIChat) -> tuple[State, str]:
    taken = [name for name, form in CHOICES.items() if _chosen(model, name, form)]
    model.learn(tool_choice=" ".join(taken) or "auto")
    return "ok", f"auto{''.join(f', {name}' for name in taken)}"


def _chosen(model: OpenAIChat, name: str, form: Any) -> bool:
    """Tell whether a form of tool_choice is taken and obeyed: some servers ignore it without a word."""
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
    made = len(_asked(model, TWO).message.calls)
    model.learn(parallel_calls=made > 1)
    return "ok", "several calls in one reply" if made > 1 else "one call a reply"


def _usage(model: OpenAIChat) -> Probed:
    if model.capabilities.usage:
        return Probed("usage", "ok", "reported")
    return Probed("usage", "warn", "not reported: tokens are estimated")


def _listed(model: OpenAIChat) -> tuple[State, str]:
    import openai

    try:
        names = [item.id for item in model.client().models.list().data or ()]
    except openai.APIError:
        return "warn", "the server lists no models"
    if model.name in {known for name in names for known in (name, name.removesuffix(":latest"))}:
        return "ok", f"{len(names)} models, '{model.name}' among them"
    return "warn", f"'{model.name}' is not among them: {', '.join(names[:5])}"


def _counter(model: OpenAIChat) -> tuple[State, str]:
    root = model.base_url.rstrip("/").removesuffix("/v1")
    found = next((path for path, body in COUNTERS.items() if _counts(model, root + path, body)), None)
    if found is None:
        return "ok", "no endpoint: tokens are counted here"
    model.learn(token_count=found)
    return "ok", f"at {found}"


def _counts(model: OpenAIChat, url: str, body: dict[str, Any]) -> bool:
    import httpx2
    import openai

    try:
        answer = model.client().post(url, cast_to=httpx2.Response, body={"model": model.name, **body})
    except openai.APIError:
        return False
    return answer.status_code == 200 and "token" in answer.text


def _window(model: OpenAIChat, before: int | None) -> Probed:
    if model.capabilities.window:
        return Probed("window", "ok", f"{model.capabilities.window} tokens, as set")
    known = f"; {before} tokens, which it stated once, are forgotten" if before else ""
    return Probed("window", "ok", f"learned when a request is too long{known}")


def _asked(model: OpenAIChat, request: Request) -> Reply:
    return next(item for item in model.stream(request) if isinstance(item, Reply))
