"""`carrel import`: messages into recall, documents into archival."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import counted, line, note, print_json
from carrel.text import terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.agent import Agent


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="The files.")],
    form: Annotated[str | None, typer.Option("--format", help="jsonl, locomo, beam, chatgpt, text, markdown.")] = None,
    agent: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Take in conversations and documents. Importing the same twice adds nothing."""
    from carrel.formats import DOCUMENTS, format_of, read_conversation, read_document
    from carrel.formats.files import check_file

    for path in files:
        check_file(path)
    forms = [format_of(path, form) for path in files]
    documents = {path: read_document(path) for path, kind in zip(files, forms, strict=True) if kind in DOCUMENTS}
    talks = {
        path: read_conversation(path, kind) for path, kind in zip(files, forms, strict=True) if kind not in DOCUMENTS
    }
    with open_home() as desk:
        somebody = desk.agent(agent)
        results = []
        for path in files:
            if path in talks:
                loaded = somebody.recall.load(talks[path])
                added, known, sessions = loaded.added, loaded.known, loaded.sessions
            else:
                added, known, sessions = _archive(somebody, path, documents[path])
            results.append({"file": str(path), "added": added, "known": known, "sessions": sessions})
            if not as_json:
                line(terminal_text(_said(path, added, known, sessions)))
        _embed(desk.store.embed_now)
        if as_json:
            print_json("import", {"agent": agent, "files": results})


def _archive(agent: "Agent", path: Path, passages: "object") -> tuple[int, int, int]:
    made = [agent.archival.insert(text, source=path.name) for text in passages]  # type: ignore[attr-defined]
    added = sum(item.new for item in made)
    return added, len(made) - added, 0


def _said(path: Path, added: int, known: int, sessions: int) -> str:
    what = "message" if sessions else "passage"
    where = f" in {counted(sessions, 'session')}" if sessions and added else ""
    again = f", {known} already known" if known else ""
    return f"{path}: {counted(added, what)} added{where}{again}"


def _embed(drain: "object") -> None:
    """Embed what was imported, with a line that counts where somebody watches."""
    watched = sys.stderr.isatty()

    def progress(done: int) -> None:
        if watched:
            sys.stderr.write(f"\rembedded {done}")
            sys.stderr.flush()

    if drain(progress) and watched:  # type: ignore[operator]
        note("")
