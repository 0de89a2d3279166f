"""Identify an aside turn, so that its record can be reused by a later run. Pure."""

import hashlib
from typing import Any

from carrel.messages import canonical
from carrel.scenario.files.scenario import Scenario, TurnSpec


def hash_conversation(scenario: Scenario) -> str:
    """Return a hash of everything in a scenario that an aside turn may depend on."""
    dump: dict[str, Any] = scenario.model_dump(
        mode="json", by_alias=True, exclude_unset=True, exclude={"expect", "tags", "about"}
    )
    for session in dump["sessions"]:
        session["turns"] = [item for item in session.get("turns", ()) if not item.get("aside")]
    return hashlib.sha256(canonical(dump).encode()).hexdigest()


def aside_key(conversation: str, turn: TurnSpec, position: tuple[int, int, int], model: str) -> str:
    """Return the key of an aside turn.

    Args:
        conversation: the hash of its scenario
        turn: what is asked
        position: session, turn and repetition
        model: the name of the model that answers
    """
    asked = turn.model_dump(mode="json", exclude={"expect", "score"})
    return hashlib.sha256(canonical([conversation, asked, position, model]).encode()).hexdigest()
