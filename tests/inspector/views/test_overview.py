"""The overview names the agents and counts what the chosen one remembers."""

from dataclasses import asdict

from carrel import __version__
from carrel.bootstrap import Carrel
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.overview import show_overview


def test_the_first_agent_is_chosen(furnished: Carrel) -> None:
    """Unless another is named, the subject's first one is shown."""
    subject = Subject(furnished, first="ada")
    found = show_overview(subject, Parameters({}))
    assert found == {
        "version": __version__,
        "agents": ["default", "ada"],
        "agent": "ada",
        "writable": False,
        "model": "scripted",
        "counts": asdict(furnished.agent("ada").counts),
    }
    assert show_overview(subject, Parameters({"agent": "default"}))["counts"]["turns"] == 12


def test_an_agent_that_is_not_there_has_no_counts(furnished: Carrel) -> None:
    """A name that is not in the list is told, not created."""
    assert show_overview(Subject(furnished), Parameters({"agent": "nobody"}))["counts"] is None
    assert show_overview(Subject(furnished, first="nobody"), Parameters({}))["agent"] == "default"
