"""`carrel import`: load messages into recall and documents into archival."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line, print_note
from carrel.cli.terminal.progress import progress
from carrel.errors import MemoryRefused
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent
    from carrel.formats.format import Transcript


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="The files.")],
    format_name: Annotated[
        str | None, typer.Option("--format", help="jsonl, locomo, beam, chatgpt, claude, whatsapp, text, markdown.")
    ] = None,
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Import conversations and documents. Importing a file twice adds nothing.

    A conversation of an export that cannot be read is named, and the others are imported; the exit code is 1 then.
    """
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
                result = _load_messages(agent, path, conversations[path])
            else:
                result = _insert_passages(agent, path, documents[path])
            results.append(result)
            if not as_json:
                print_line(terminal_text(_summarise(result)))
            for sentence in result["skipped"]:
                print_note(f"! {path}, {sentence}")
        with progress("indexing words", carrel.store.stale_words.count()) as update:
            carrel.store.stale_words.renew(update)
        with progress("embedding", carrel.store.waiting()) as update:
            agent.memory.embed_now(update)
        if as_json:
            print_json("import", {"agent": agent_name, "files": results})
    if any(result["skipped"] for result in results):
        raise typer.Exit(1)


def _load_messages(agent: "Agent", path: Path, transcript: "Transcript") -> dict[str, Any]:
    with progress(f"reading {path.name}", len(transcript.messages)) as update:
        loaded = agent.recall.load(transcript.messages, update)
    counts = {"added": loaded.added, "known": loaded.known, "sessions": loaded.sessions}
    return {"file": str(path), **counts, "skipped": list(transcript.skipped)}


def _insert_passages(agent: "Agent", path: Path, passages: Sequence[str]) -> dict[str, Any]:
    """Store passages, and return how many are new; those that were forgotten for good count as known."""
    from carrel.memory.values import Cause

    added = 0
    with progress(f"reading {path.name}", len(passages)) as update:
        for done, text in enumerate(passages, 1):
            with suppress(MemoryRefused):
                added += agent.archival.insert(text, source=path.name, cause=Cause("import")).is_new
            update(done)
    return {"file": str(path), "added": added, "known": len(passages) - added, "sessions": 0, "skipped": []}


def _summarise(result: Mapping[str, Any]) -> str:
    added, known, sessions = result["added"], result["known"], result["sessions"]
    what = "message" if sessions else "passage"
    where = f" in {count_noun(sessions, 'session')}" if sessions and added else ""
    again = f", {known} already known" if known else ""
    return f"{result['file']}: {count_noun(added, what)} added{where}{again}"
