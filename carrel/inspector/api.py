"""The inspector's JSON interface: what can be read and what can be changed, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from carrel.errors import NotFound
from carrel.inspector import actions
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.context import show_context, show_turns
from carrel.inspector.views.core import show_core, show_history
from carrel.inspector.views.forgotten import show_bin
from carrel.inspector.views.health import show_health, show_verify
from carrel.inspector.views.map import show_map
from carrel.inspector.views.overview import show_overview
from carrel.inspector.views.search import show_memory, show_newest, show_search
from carrel.inspector.views.timeline import show_session, show_sessions
from carrel.inspector.views.why import show_why

Operation = Callable[[Subject, Parameters], dict[str, Any]]

READS: Mapping[str, Operation] = {
    "overview": show_overview,
    "turns": show_turns,
    "context": show_context,
    "core": show_core,
    "history": show_history,
    "search": show_search,
    "newest": show_newest,
    "memory": show_memory,
    "sessions": show_sessions,
    "session": show_session,
    "why": show_why,
    "map": show_map,
    "bin": show_bin,
    "health": show_health,
    "verify": show_verify,
}

WRITES: Mapping[str, Operation] = {
    "edit-block": actions.edit_block,
    "edit-passage": actions.edit_passage,
    "pin": actions.pin,
    "forget": actions.forget,
    "restore": actions.restore,
}


def run(operations: Mapping[str, Operation], name: str, subject: Subject, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of an operation in the envelope that the command line uses too.

    Raises:
        NotFound: there is no such operation.
        CarrelError: whatever the operation raises.
    """
    operation = operations.get(name)
    if operation is None:
        raise NotFound(f"'{name[:40]}' is not part of this interface.", "Run: carrel help inspector")
    return {"schema": f"carrel/ui.{name}@1", "data": operation(subject, Parameters(values))}
