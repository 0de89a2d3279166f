"""`carrel fake-server`: a model server that plays a script, faults included."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.output import line, note
from carrel.errors import UsageError

if TYPE_CHECKING:  # named only
    from carrel.testing.script import ScriptFile


def fake_server(
    script: Annotated[Path | None, typer.Option("--script", help="Replies and faults, in JSON or YAML.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    faults: Annotated[bool, typer.Option("--faults", help="List the faults that a script may name.")] = False,
) -> None:
    """Serve a script as an OpenAI-compatible server on this machine, until Ctrl-C. See docs/faults.md."""
    from carrel.testing import catalog
    from carrel.testing.script import load

    if faults:
        for name in catalog.FAULTS:
            line(name)
        return
    if script is None:
        raise UsageError("No script was given.", "Write one and say --script FILE; --faults lists the faults.")
    _serve(load(script), port)


def _serve(script: "ScriptFile", port: int) -> None:
    try:
        server = script.server(port)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used: {error.strerror}.", "Choose another, or 0.") from None
    shown = 0
    with server:
        line(server.url)
        note(f"Serving {len(script.replies)} replies as model '{script.model}'. Ctrl-C stops.")
        try:
            while True:
                time.sleep(0.1)
                for request in server.requests[shown:]:
                    shown += 1
                    fields = request if isinstance(request, dict) else {}
                    note(f"request {shown}: {len(fields.get('messages', ()))} messages")
        except KeyboardInterrupt:
            note(f"{len(server.requests)} requests were answered.")
