"""Values of memory as JSON, in the names that the command line prints. Pure."""

from typing import Any

from carrel.dates import format_iso
from carrel.memory.values import Passage, StoredMessage
from carrel.messages import ToolCall


def message_json(message: StoredMessage) -> dict[str, Any]:
    """Return a message as `carrel session show --json` prints it, with its number and tokens."""
    return {
        "n": message.n,
        "id": message.id,
        "tier": "recall",
        "role": message.role,
        "speaker": message.speaker,
        "tool": message.tool,
        "ok": message.ok,
        "text": message.text,
        "at": format_iso(message.at),
        "session": message.session,
        "turn": message.turn,
        "source": message.source,
        "tokens": message.tokens,
        "calls": [call_json(call) for call in message.calls],
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a passage by field."""
    return {
        "n": passage.n,
        "id": passage.id,
        "tier": "archival",
        "text": passage.text,
        "at": format_iso(passage.at),
        "tags": list(passage.tags),
        "state": passage.state,
        "successor": passage.successor,
        "pinned": passage.pinned,
        "session": passage.session,
        "turn": passage.turn,
        "source": passage.source,
        "tokens": passage.tokens,
    }


def call_json(call: ToolCall) -> dict[str, str]:
    """Return a call by name and arguments; these are the text that the model wrote."""
    return {"name": call.name, "arguments": call.arguments}
