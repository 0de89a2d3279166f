"""The map shows a point for each memory with a vector, and says how many there are."""

from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.map import show_map
from tests.inspector.conftest import Ask
from tests.inspector.furnished import HOSTILE


def test_each_embedded_memory_is_a_point(ask: Ask, subject: Subject) -> None:
    """What a search can find is there once; what is in the bin is not."""
    found = ask("map")
    counts = subject.agent("default").counts
    assert len(found["points"]) == found["total"] == counts.recall + counts.archival
    assert (found["embedder"], found["without_vector"]) == ("toy/1/64", 0)
    texts = {point["text"] for point in found["points"]}
    assert HOSTILE.replace("\x1b", "") in texts
    assert "The code of the gate is 4711." not in texts


def test_a_large_map_is_a_sample(ask: Ask) -> None:
    """At most so many points are sent; all are counted."""
    found = ask("map", limit="10")
    assert len(found["points"]) == 10 < found["total"]


def test_without_an_embedder_there_is_no_map(fresh: Subject) -> None:
    """No point, and no embedder is named."""
    found = show_map(fresh, Parameters({"agent": "default"}))
    assert (found["points"], found["total"], found["embedder"]) == ([], 0, None)
