"""Whatever was stored, the next request is one that every known server takes."""

import pytest

from carrel.messages import AssistantMessage, Message
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.request.payload import build_payload
from carrel.testing.strict_servers import violations
from tests.fuzz import MANY
from tests.fuzz.histories import OWN, refusals, requests

HISTORIES = 100_000 if MANY else 600
TOGETHER = 10_000 if MANY else 200
"""Histories in one test, each with a seed of its own."""


@pytest.mark.parametrize("first", range(0, HISTORIES, TOGETHER))
def test_every_server_accepts_every_history(first: int) -> None:
    """Calls, failures, refusals, other servers' ids and names, thoughts, blank texts, imports: none is refused."""
    for seed in range(first, first + TOGETHER):
        assert refusals(seed) == []


def test_own_fields_are_all_that_is_added_for_their_server() -> None:
    """The server that wrote opaque fields gets them, in a request that is sound but for these."""
    added = 0
    for seed in range(60):
        for request in requests(seed):
            own = build_payload(request, "m", Capabilities(), long_limit=False, origin=OWN)
            for fault in violations(own, "openai"):
                assert "unknown fields ['reasoning_content']" in fault or "extra_content" in fault or "id" in fault
                added += 1
            assert _has_own(request.messages) or violations(own, "openai") == []
    assert added > 10


def _has_own(messages: tuple[Message, ...]) -> bool:
    said = (message.opaque for message in messages if isinstance(message, AssistantMessage))
    return any(opaque is not None and opaque.origin == OWN for opaque in said)
