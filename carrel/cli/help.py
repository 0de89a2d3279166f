"""`carrel help`: the pages of the documentation."""

from pathlib import Path
from typing import Annotated

import typer

from carrel.cli.terminal.output import print_line
from carrel.cli.terminal.screen.wrapping import terminal_columns
from carrel.errors import NotFound
from carrel.text import terminal_text

Topic = Annotated[str | None, typer.Argument(metavar="[TOPIC]", help="A page; without one, they are listed.")]


def show_page(topic: Topic = None) -> None:
    """Show a page of the documentation, or list the pages."""
    pages = find_pages()
    if topic is None:
        for name, path in pages.items():
            print_line(f"{name:<14}{_title(path)}")
        return
    name = topic.lower().removesuffix(".md").removeprefix("docs/")
    if name not in pages:
        import difflib

        near = difflib.get_close_matches(name, pages, 1)
        raise NotFound(f"There is no page '{topic}'.", f"Did you mean {near[0]}?" if near else "See carrel help.")
    print_page(pages[name].read_text(encoding="utf-8"))


def find_pages() -> dict[str, Path]:
    """Return the pages by name: as they are installed, or beside the package in a clone."""
    package = Path(__file__).parent.parent
    installed = package / "docs"
    folder = installed if installed.is_dir() else package.parent / "docs"
    return {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem != "index"}


def print_page(text: str) -> None:
    """Print Markdown: laid out at a terminal, as it is written into a pipe."""
    import sys

    if not sys.stdout.isatty():
        sys.stdout.write(terminal_text(text))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=min(terminal_columns(), 100)).print(Markdown(terminal_text(text), hyperlinks=False))


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as page:
        return page.readline().lstrip("# ").strip()
