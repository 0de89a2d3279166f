"""Why a turn was answered as it was: what was searched for, what was found, and what the model was shown."""

from typing import Any

from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.memory.inspection.why import explain_answer


def show_why(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return what was looked up for a turn, as `carrel memory why --json` prints it."""
    memory = subject.agent(parameters.text("agent")).memory
    return explain_answer(memory, memory.request_log.find_turn(parameters.text("turn", "last"))).to_json()
