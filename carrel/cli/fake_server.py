"""`carrel fake-server`: run a model server that replies from a script, with faults."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.terminal.output import print_line, print_note
from carrel.errors import UsageError

if TYPE_CHECKING:  # for types only
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
            print_line(name)
        return
    if script is None:
        raise UsageError("No script was given.", "Write one and say --script FILE; --faults lists the faults.")
    _serve(load(script), port)


def _serve(script: "ScriptFile", port: int) -> None:
    try:
        server = script.server(port)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used: {error.strerror}.", "Choose another, or 0.") from None
    printed = 0
    with server:
        print_line(server.url)
        print_note(f"Serving {len(script.replies)} replies as model '{script.model}'. Ctrl-C stops.")
        try:
            while True:
                time.sleep(0.1)
                for request in server.requests[printed:]:
                    printed += 1
                    fields = request if isinstance(request, dict) else {}
                    print_note(f"request {printed}: {len(fields.get('messages', ()))} messages")
        except KeyboardInterrupt:
            print_note(f"{len(server.requests)} requests were answered.")
