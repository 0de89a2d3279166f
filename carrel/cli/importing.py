"""`carrel import`: messages into recall, documents into archival."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import counted, line, print_json
from carrel.cli.progress import progress
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
    with closing(open_home()) as desk:  # without the background, so that the bar shows all that is embedded
        somebody = desk.agent(agent)
        results = []
        for path in files:
            if path in talks:
                with progress(f"reading {path.name}", len(talks[path])) as read:
                    loaded = somebody.recall.load(talks[path], read)
                added, known, sessions = loaded.added, loaded.known, loaded.sessions
            else:
                added, known, sessions = _archive(somebody, path, documents[path])
            results.append({"file": str(path), "added": added, "known": known, "sessions": sessions})
            if not as_json:
                line(terminal_text(_said(path, added, known, sessions)))
        with progress("embedding", desk.store.waiting()) as embedded:
            desk.store.embed_now(embedded)
        if as_json:
            print_json("import", {"agent": agent, "files": results})


def _archive(agent: "Agent", path: Path, passages: Sequence[str]) -> tuple[int, int, int]:
    added = 0
    with progress(f"reading {path.name}", len(passages)) as read:
        for done, text in enumerate(passages, 1):
            added += agent.archival.insert(text, source=path.name).new
            read(done)
    return added, len(passages) - added, 0


def _said(path: Path, added: int, known: int, sessions: int) -> str:
    what = "message" if sessions else "passage"
    where = f" in {counted(sessions, 'session')}" if sessions and added else ""
    again = f", {known} already known" if known else ""
    return f"{path}: {counted(added, what)} added{where}{again}"
