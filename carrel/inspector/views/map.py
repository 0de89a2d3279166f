"""A map of memories: an even sample, projected to the plane."""

from typing import Any

from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.memory.inspection.memory_map import map_memories

POINTS = 1000


def show_map(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return the points of `carrel memory map --json`; none where there is no embedder."""
    memory = subject.agent(parameters.text("agent")).memory
    vectors = subject.carrel.store.engines.vectors
    if vectors is None:
        return {"points": [], "total": 0, "without_vector": 0, "explained": [0.0, 0.0], "embedder": None}
    drawn = map_memories(memory, vectors.store, parameters.number("limit", POINTS, high=5000))
    return {
        "points": [point.to_json() for point in drawn.points],
        "total": drawn.total,
        "without_vector": drawn.without_vector,
        "explained": list(drawn.explained),
        "embedder": vectors.store.fingerprint,
    }
