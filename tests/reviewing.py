"""What the tests of consolidation share."""

from pathlib import Path
from typing import Any

from carrel.agent.agent import Agent
from carrel.agent.consolidation import PortionReview
from carrel.bootstrap import Carrel
from carrel.memory.values import NewMessage
from carrel.models.chat.scripted import ScriptedModel


def talked(home: Path, said: list[str], name: str = "ada") -> None:
    """Give an agent messages that were never reviewed."""
    with Carrel.open(home, "offline", "none") as carrel:
        carrel.agent(name).recall.load(NewMessage("user", text, session="letters", speaker="Ada") for text in said)


def consolidated(home: Path, script: Any, **flags: Any) -> tuple[list[PortionReview], Agent, ScriptedModel]:
    """Open a home with a scripted model and consolidate; the agent may be looked at after."""
    model = ScriptedModel(script)
    with Carrel.open(home, model, "none", flags=flags) as carrel:
        ada = carrel.agent("ada")
        return list(ada.consolidate()), ada, model


def kept(home: Path) -> tuple[list[str], int]:
    """Return the facts in archival, and how many messages were not reviewed."""
    with Carrel.open(home, "offline", "none") as carrel:
        ada = carrel.agent("ada")
        return [passage.text for passage in ada.archival.latest(9)], ada.memory.review_cursor.count_unreviewed()
