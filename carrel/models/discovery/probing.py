"""Find out what a model server can do, by a few small requests of a few hundred tokens in all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from carrel.errors import CarrelError
from carrel.imports import importing
from carrel.messages import ToolSchema, UserMessage
from carrel.models.chat.server.assembly import Assembly
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.chat.server.request.payload import build_payload
from carrel.models.chat.server.transport.address import split_address
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
    yield ProbeResult("api", "ok", "the Responses API" if model.uses_responses else "Chat Completions")
    yield _result("model list", lambda: _list_models(model))
    yield _streaming(model)
    yield _result("tools", lambda: _tools(model))
    if model.capabilities.tools:
        if not model.uses_responses:
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
    payload = build_payload(ONE, model.name, model.capabilities, model.long_limit)
    payload = {key: value for key, value in payload.items() if key != "stream_options"} | {"stream": False}
    answer = _answer(model, "POST", "/chat/completions", {**payload, "tool_choice": form})
    if not isinstance(answer, Mapping) or "choices" not in answer:
        return False
    assembly = Assembly()
    assembly.add(answer)
    return bool(assembly.reply().message.calls) == (name != "none")


def _parallel(model: OpenAIChat) -> tuple[State, str]:
    count = len(_ask(model, TWO).message.calls)
    model.learn(parallel_calls=count > 1)
    return "ok", "several calls in one reply" if count > 1 else "one call in each reply"


def _usage(model: OpenAIChat) -> ProbeResult:
    if model.capabilities.usage:
        return ProbeResult("usage", "ok", "reported")
    return ProbeResult("usage", "warn", "not reported: tokens are estimated")


def _list_models(model: OpenAIChat) -> tuple[State, str]:
    names = _model_names(_answer(model, "GET", "/models"))
    if not names:
        return "warn", "the server lists no models"
    if model.name in {known for name in names for known in (name, name.removesuffix(":latest"))}:
        return "ok", f"{len(names)} models, '{model.name}' among them"
    return "warn", f"'{model.name}' is not among the server's models: {', '.join(names[:5])}"


def _model_names(answer: object) -> list[str]:
    """Return the names in a list of models, whatever its shape: some servers send a bare list, or names alone."""
    found = answer
    if isinstance(answer, Mapping):
        found = next((answer[name] for name in ("data", "models") if isinstance(answer.get(name), list)), [])
    entries = found if isinstance(found, list) else []
    named = (entry.get("id") or entry.get("name") if isinstance(entry, Mapping) else entry for entry in entries)
    return [name for name in named if isinstance(name, str) and name]


def _counter(model: OpenAIChat) -> tuple[State, str]:
    root = split_address(model.base_url).url.rstrip("/").removesuffix("/v1")
    found = next((path for path, body in COUNTING_PATHS.items() if _counts(model, root + path, body)), None)
    if found is None:
        return "ok", "no endpoint for it: Carrel counts tokens itself"
    model.learn(token_count=found)
    return "ok", f"at {found}"


def _counts(model: OpenAIChat, url: str, body: dict[str, Any]) -> bool:
    answer = _answer(model, "POST", url, {"model": model.name, **body})
    return isinstance(answer, Mapping) and any("token" in name for name in answer)


def _answer(model: OpenAIChat, method: str, path: str, body: dict[str, Any] | None = None) -> object:
    """Return the JSON that a server answers with; None where it answers with an error or with something else."""
    with importing("httpx2", "openai"):
        import httpx2
        import openai

    client = model.client()
    try:
        if method == "GET":
            response = client.get(path, cast_to=httpx2.Response)
        else:
            response = client.post(path, cast_to=httpx2.Response, body=body)
        return response.json()
    except (openai.APIError, ValueError, RecursionError):
        return None


def _window(model: OpenAIChat, before: int | None) -> ProbeResult:
    if model.capabilities.window:
        return ProbeResult("window", "ok", f"{model.capabilities.window} tokens, as set")
    known = f"; the {before} tokens that it stated before are forgotten" if before else ""
    return ProbeResult("window", "ok", f"not known until a request is too long{known}")


def _ask(model: OpenAIChat, request: Request) -> Reply:
    return next(item for item in model.stream(request) if isinstance(item, Reply))
