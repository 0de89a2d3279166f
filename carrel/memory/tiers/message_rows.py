"""Messages as rows: how they are selected, and read into values."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from carrel.memory.db.schema import AnyRow, messages
from carrel.memory.values import StoredMessage
from carrel.messages import AssistantMessage, Message, ToolResult, UserMessage, call_from_json, opaque_from_json

_C = messages.c
SELECT_MESSAGES = sa.select(
    *(_C.n, _C.id, _C.role, _C.text, _C.at, _C.session_id, _C.tokens, _C.speaker, _C.turn_id, _C.step),
    *(_C.calls, _C.call_id, _C.tool, _C.ok, _C.state, _C.source, _C.opaque),
)
"""The columns that `read_message` takes, in this order."""


def read_message(
    row: AnyRow | tuple[Any, ...], to_local: Callable[[datetime], datetime] | None = None
) -> StoredMessage:
    """Return a row of SELECT_MESSAGES as a value; its time is in UTC, or what `to_local` makes of it."""
    n, key, role, text, at, session, tokens, speaker, turn, step, calls, call_id, tool, ok, state, source, opaque = row
    return StoredMessage(
        n=n,
        id=key,
        role=role,
        text=text,
        at=to_local(at) if to_local else at,
        session=session,
        tokens=tokens,
        speaker=speaker,
        turn=turn,
        step=step,
        calls=tuple(map(call_from_json, calls or ())),
        call_id=call_id,
        tool=tool,
        ok=ok is not False,
        state=state,
        source=source,
        opaque=opaque_from_json(opaque),
    )


def as_message(stored: StoredMessage) -> Message:
    """Return a stored message as the model sees it."""
    if stored.role == "tool":
        return ToolResult(stored.call_id or "", stored.tool or "", stored.text, stored.ok)
    if stored.role == "assistant":
        return AssistantMessage(stored.text, stored.calls, opaque=stored.opaque)
    return UserMessage(stored.text)
