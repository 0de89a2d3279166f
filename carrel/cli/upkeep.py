"""`carrel memory verify` and `reindex`: what should agree, and what to do where it does not."""

import sys
from collections.abc import Callable
from contextlib import closing
from typing import Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import line, note, print_json
from carrel.errors import NotConfigured


def verify(agent: AgentName = "default", as_json: AsJson = False) -> None:
    """Count rows, words and vectors, and say what does not agree."""
    from carrel.memory.verify import verify as counted

    with open_home() as desk:
        memory = desk.agent(agent, make=False).memory
        report = counted(memory.scope, desk.store.engines.vectors)
    if as_json:
        print_json("memory.verify", report.to_json())
    else:
        for tier in report.tiers:
            line(f"{tier.tier}: {tier.rows} rows, {tier.with_vector} with a vector, {tier.waiting} waiting")
            for count, what in (
                (tier.without_words, "rows without words"),
                (tier.failed, "rows that cannot be embedded; words find them"),
                (tier.missing, "rows without a vector: run carrel memory reindex"),
                (tier.orphans, "vectors without a row"),
            ):
                if count:
                    line(f"  ! {count} {what}")
        if not report.words_sound:
            line("! the full-text index is damaged: run carrel memory reindex --words")
        line("All is well." if report.sound else "Something is to be done, see above.")
    if not report.sound:
        raise typer.Exit(1)


def reindex(
    agent: AgentName = "default",
    words: Annotated[bool, typer.Option("--words", help="Also rebuild the full-text index.")] = False,
    as_json: AsJson = False,
) -> None:
    """Embed every row that has no vector of the present model; goes on where it was stopped."""
    from carrel.memory.verify import drop_orphans, enqueue_missing, rebuild_words

    with closing(open_home()) as desk:  # without the background, so that every row is embedded and counted here
        memory = desk.agent(agent, make=False).memory
        store = desk.store.engines.vectors
        rebuilt = rebuild_words(memory.scope) if words else 0
        if store is None and not words:
            raise NotConfigured("No embedder is configured.", 'Set embedder = "local".')
        drop_orphans(memory.scope)
        queued = enqueue_missing(memory.scope, store) if store else 0
        done = desk.store.embed_now(_progress(store.waiting() if store else 0))
    if as_json:
        print_json("memory.reindex", {"queued": queued, "embedded": done, "words": rebuilt})
    else:
        line(f"{done} rows embedded" + (f", words of {rebuilt} rows rebuilt" if words else ""))


def _progress(total: int) -> Callable[[int], None]:
    """Return a function that draws a bar where somebody watches."""

    def draw(done: int) -> None:
        if sys.stderr.isatty():
            filled = 30 * done // max(1, total)
            sys.stderr.write(f"\r{'█' * filled}{'·' * (30 - filled)} {done} of {total}")
            sys.stderr.flush()
            if done >= total:
                note("")

    return draw
