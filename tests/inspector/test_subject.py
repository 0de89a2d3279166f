"""What may be looked at is all agents of a home, or those that are named."""

import pytest

from carrel.bootstrap import Carrel
from carrel.errors import NotFound
from carrel.inspector.subject import Subject


def test_all_agents_are_seen_unless_some_are_named(furnished: Carrel) -> None:
    """Without names all agents of the home are listed; with names only those that exist."""
    assert Subject(furnished).names() == ["default", "ada"]
    assert Subject(furnished, agents=frozenset({"ada", "nobody"})).names() == ["ada"]


def test_another_agent_is_not_found(furnished: Carrel) -> None:
    """An agent that may not be seen does not exist, and none is created."""
    subject = Subject(furnished, agents=frozenset({"ada"}))
    assert subject.agent("ada").name == "ada"
    for name in ("default", "nobody"):
        with pytest.raises(NotFound, match=f"Agent '{name}' does not exist"):
            subject.agent(name)
    with pytest.raises(NotFound):
        Subject(furnished).agent("nobody")
    assert Subject(furnished).names() == ["default", "ada"]
