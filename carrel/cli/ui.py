"""`carrel ui`: look at an agent's memory in the browser."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, open_home_without_indexer
from carrel.cli.terminal.output import print_line, print_note
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.inspector.subject import Subject


def ui(
    agent_name: AgentName = "default",
    write: Annotated[bool, typer.Option("--write", help="Let the page change memory.")] = False,
    static: Annotated[
        Path | None, typer.Option("--static", metavar="FILE", help="Write one self-contained page, and serve nothing.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the address.")] = False,
) -> None:
    """Show an agent's memory in the browser, on this machine only."""
    from carrel.inspector.subject import Subject

    with open_home_without_indexer() as carrel:
        subject = Subject(carrel, writable=write, first=agent_name)
        subject.agent(agent_name)
        if static is not None:
            _write_page(subject, static)
            return
        if write:
            carrel.start()
        _serve(subject, port, opens=not no_open)


def _write_page(subject: "Subject", path: Path) -> None:
    from carrel.inspector.static_page import render_static

    if subject.writable:
        raise UsageError("A page in a file cannot change memory.", "Leave --write out.")
    text = render_static(subject)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}.", "Check the path.") from None
    print_note(f"Wrote {path}.")


def _serve(subject: "Subject", port: int, *, opens: bool) -> None:
    from carrel.inspector.server import serve

    def announce(address: str) -> None:
        print_line(address)
        access = "may change memory" if subject.writable else "only reads; --write lets it change memory"
        print_note(f"The address is good for one browser, once. The page {access}. Ctrl-C stops.")
        if opens and _has_display():
            _open_browser(address)

    try:
        serve(subject, port, announce)
    except KeyboardInterrupt:
        print_note("Stopped.")


def _has_display() -> bool:
    """Return whether a browser could be shown to somebody."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_browser(address: str) -> None:
    import webbrowser

    try:
        webbrowser.open(address)
    except webbrowser.Error as error:
        print_note(terminal_text(f"No browser could be opened: {error}."))
