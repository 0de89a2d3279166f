"""Find the highest rung that a model and its server really obey, by up to three tiny requests."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from carrel.agent.calling.action_reader import ActionReader
from carrel.agent.ladder.rungs import Rung, rungs_from
from carrel.errors import DoesNotFit, ModelFailed
from carrel.messages import Usage, UserMessage
from carrel.protocols import ChatModel, Reply, Request, Retrying
from carrel.rendering.probes import ASK_FOR_CALL, ASK_FOR_REPLY, ASK_FOR_TEXT_CALL, PROBE_TOOL, PROBE_WORD
from carrel.rendering.written_calls import action_schema

MAX_TOKENS = 400
"""Of a reply to a probe: room for a short thought."""

_REQUESTS: Mapping[Rung, Request] = {
    "native": Request((UserMessage(ASK_FOR_CALL),), (PROBE_TOOL,), MAX_TOKENS),
    "action": Request((UserMessage(ASK_FOR_REPLY),), (), MAX_TOKENS, schema=action_schema((PROBE_TOOL,))),
    "text": Request((UserMessage(ASK_FOR_TEXT_CALL),), (), MAX_TOKENS, (PROBE_TOOL,)),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The rung that was found, and what that took."""

    rung: Rung
    requests: int
    usage: Usage


def find_rung(model: ChatModel, start: Rung = "native") -> Generator[Retrying, None, Finding]:
    """Find the highest rung from `start` down that the model obeys, yielding each attempt that has to be repeated.

    Raises:
        RateLimited, NotAuthorised, ModelUnreachable: the server does not answer; that says nothing of the model.
    """
    usage, requests = Usage(), 0
    for rung in rungs_from(start):
        request = _REQUESTS.get(rung)
        if request is None:
            break
        if rung == "native" and not model.supports_tools:
            continue
        requests += 1
        reply = yield from _ask(model, request)
        if reply is not None:
            usage += reply.usage or Usage(calls=1)
            if _OBEYS[rung](reply):
                return Finding(rung, requests, usage)
    return Finding("none", requests, usage)


def _ask(model: ChatModel, request: Request) -> Generator[Retrying, None, Reply | None]:
    """Return the reply; None where the server refuses the request or fails with it."""
    try:
        for item in model.stream(request):
            if isinstance(item, Retrying):
                yield item
            if isinstance(item, Reply):
                return item
    except (ModelFailed, DoesNotFit):
        return None
    return None


def _calls_natively(reply: Reply) -> bool:
    return not reply.text_calls and _calls_as_asked(reply)


def _calls_as_asked(reply: Reply) -> bool:
    calls = reply.message.calls
    return bool(calls) and calls[0].name == PROBE_TOOL.name and PROBE_WORD in calls[0].arguments.lower()


def _follows_schema(reply: Reply) -> bool:
    """Tell whether the reply is an action, though nothing but the schema asked for one."""
    reader = ActionReader((PROBE_TOOL,))
    reader.feed(reply.message.text)
    reader.end()
    return reader.obeyed


_OBEYS: Mapping[Rung, Callable[[Reply], bool]] = {
    "native": _calls_natively,
    "action": _follows_schema,
    "text": _calls_as_asked,
}
