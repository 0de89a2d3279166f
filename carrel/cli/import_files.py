"""`carrel import`: load messages into recall and documents into archival."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.cli.terminal.progress import progress
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="The files.")],
    format_name: Annotated[
        str | None, typer.Option("--format", help="jsonl, locomo, beam, chatgpt, text, markdown.")
    ] = None,
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Import conversations and documents. Importing a file twice adds nothing."""
    from carrel.formats.files import check_file
    from carrel.formats.format import ConversationFormat, DocumentFormat
    from carrel.formats.registry import find_format

    for path in files:
        check_file(path)
    formats = {path: find_format(path, format_name) for path in files}
    documents = {path: kind.read(path) for path, kind in formats.items() if isinstance(kind, DocumentFormat)}
    conversations = {path: kind.read(path) for path, kind in formats.items() if isinstance(kind, ConversationFormat)}
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name)
        results = []
        for path in files:
            if path in conversations:
                with progress(f"reading {path.name}", len(conversations[path])) as update:
                    loaded = agent.recall.load(conversations[path], update)
                added, known, sessions = loaded.added, loaded.known, loaded.sessions
            else:
                added, known, sessions = _insert_passages(agent, path, documents[path])
            results.append({"file": str(path), "added": added, "known": known, "sessions": sessions})
            if not as_json:
                print_line(terminal_text(_summarise(path, added, known, sessions)))
        with progress("embedding", carrel.store.waiting()) as update:
            agent.memory.embed_now(update)
        if as_json:
            print_json("import", {"agent": agent_name, "files": results})


def _insert_passages(agent: "Agent", path: Path, passages: Sequence[str]) -> tuple[int, int, int]:
    added = 0
    with progress(f"reading {path.name}", len(passages)) as update:
        for done, text in enumerate(passages, 1):
            added += agent.archival.insert(text, source=path.name).is_new
            update(done)
    return added, len(passages) - added, 0


def _summarise(path: Path, added: int, known: int, sessions: int) -> str:
    what = "message" if sessions else "passage"
    where = f" in {count_noun(sessions, 'session')}" if sessions and added else ""
    again = f", {known} already known" if known else ""
    return f"{path}: {count_noun(added, what)} added{where}{again}"
