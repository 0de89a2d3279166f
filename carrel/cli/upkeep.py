"""`carrel memory verify` and `reindex`: what should agree, and what to do where it does not."""

from contextlib import closing
from typing import Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import counted, line, print_json
from carrel.cli.progress import progress
from carrel.errors import NotConfigured


def verify(agent: AgentName = "default", as_json: AsJson = False) -> None:
    """Count rows, words and vectors, and say what does not agree."""
    from carrel.memory.upkeep.verify import verify as examined

    with open_home() as desk:
        memory = desk.agent(agent, make=False).memory
        report = examined(memory.scope, desk.store.engines.vectors)
    if as_json:
        print_json("memory.verify", report.to_json())
    else:
        for tier in report.tiers:
            line(f"{tier.tier}: {counted(tier.rows, 'row')}, {tier.with_vector} with a vector, {tier.waiting} waiting")
            for count, what in (
                (tier.without_words, "without words: run carrel memory reindex --words"),
                (tier.failed, "that cannot be embedded; words find them"),
                (tier.missing, "without a vector: run carrel memory reindex"),
            ):
                if count:
                    line(f"  ! {counted(count, 'row')} {what}")
            if tier.orphans:
                line(f"  ! {counted(tier.orphans, 'vector')} without a row: run carrel memory reindex")
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
    from carrel.memory.upkeep.verify import drop_orphans, enqueue_missing, rebuild_words

    with closing(open_home()) as desk:  # without the background, so that every row is embedded and counted here
        memory = desk.agent(agent, make=False).memory
        store = desk.store.engines.vectors
        rebuilt = rebuild_words(memory.scope) if words else 0
        if store is None and not words:
            raise NotConfigured("No embedder is configured.", 'Set embedder = "local".')
        drop_orphans(memory.scope)
        queued = enqueue_missing(memory.scope, store) if store else 0
        with progress("embedding", store.waiting() if store else 0) as embedded:
            done = desk.store.embed_now(embedded)
    if as_json:
        print_json("memory.reindex", {"queued": queued, "embedded": done, "words": rebuilt})
    else:
        line(f"{counted(done, 'row')} embedded" + (f", words of {counted(rebuilt, 'row')} rebuilt" if words else ""))
