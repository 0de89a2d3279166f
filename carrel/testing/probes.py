"""Answer the probes by which Carrel finds out how a model can be asked to act. Pure."""

from collections.abc import Mapping
from typing import Any

from carrel.messages import AssistantMessage, ToolCall, canonical
from carrel.protocols import Reply
from carrel.rendering.probes import PROBE_TOOL, PROBE_WORD, PROBES
from carrel.rendering.written_calls import render_reply_action
from carrel.testing.call_dialects import CALL_DIALECTS

_ARGUMENTS = {"word": PROBE_WORD}
_CHAT = Reply(AssistantMessage("Hello! How can I help you?"))
_CALL = AssistantMessage("", (ToolCall("call_probe", PROBE_TOOL.name, canonical(_ARGUMENTS)),))
_OBEDIENT: Mapping[str, Reply] = {
    "native": Reply(_CALL, finish="tool_calls"),
    "action": Reply(AssistantMessage(render_reply_action("Hello!"))),
    "text": Reply(AssistantMessage(CALL_DIALECTS["hermes"](PROBE_TOOL.name, _ARGUMENTS))),
}
_NEEDED = {"native": "tools", "action": "response_format"}
_AS_TEXT = Reply(AssistantMessage(CALL_DIALECTS["json block"](PROBE_TOOL.name, _ARGUMENTS)))


def probed_rung(body: Mapping[str, Any]) -> str:
    """Return the contract that a request probes; "" where it is none of the probes."""
    messages = body.get("messages") if isinstance(body, Mapping) else None
    if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
        return ""
    return PROBES.get(str(messages[0].get("content")), "")


def answer_probe(rung: str, obeys: str, body: Mapping[str, Any]) -> Reply:
    """Return what a model answers to the probe of a contract that `obeys` just one: else it chats, or calls as text.

    Without the tools or the schema it does not obey either.
    """
    if rung == obeys and (rung not in _NEEDED or body.get(_NEEDED[rung])):
        return _OBEDIENT[rung]
    return _AS_TEXT if rung == "native" and obeys in {"action", "text"} else _CHAT
