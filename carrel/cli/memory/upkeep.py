"""`carrel memory verify` and `reindex`: check that rows, words and vectors agree, and restore what is missing."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.cli.terminal.progress import progress
from carrel.errors import NotConfigured

if TYPE_CHECKING:  # for types only: SQLAlchemy takes time
    from carrel.memory.upkeep.verify import TierReport


def verify(agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """Count rows, words and vectors, read the index of vectors, and report where they disagree."""
    from carrel.memory.upkeep.check import examine_index
    from carrel.memory.upkeep.verify import verify as verify_memory

    with open_home_without_indexer() as carrel:
        memory = carrel.agent(agent_name, make=False).memory
        vectors = carrel.store.engines.vectors
        report = verify_memory(memory, vectors.store if vectors else None)
        index = examine_index(carrel.store)
    is_sound = report.sound and index != "damaged"
    if as_json:
        print_json("memory.verify", {**report.to_json(), "sound": is_sound, "index": index})
    else:
        for tier in report.tiers:
            _print_tier(tier)
        if report.words_sound is None:
            print_line("The full-text index was not compared with its words, since the home can only be read.")
        elif not report.words_sound:
            print_line("! the full-text index is damaged: run carrel memory reindex --words")
        if index == "damaged":
            print_line("! the index of vectors is damaged: run carrel memory reindex")
        print_line("All is well." if is_sound else "Something needs attention, see above.")
    if not is_sound:
        raise typer.Exit(1)


def _print_tier(tier: "TierReport") -> None:
    print_line(f"{tier.tier}: {count_noun(tier.rows, 'row')}, {tier.with_vector} with a vector, {tier.waiting} waiting")
    for count, noun, problem in (
        (tier.without_words, "row", " without words: run carrel memory reindex --words"),
        (tier.failed, "row", " that cannot be embedded; words find them"),
        (tier.missing, "row", " without a vector: run carrel memory reindex"),
        (tier.orphans, "vector", " without a row: run carrel memory reindex"),
        (tier.broken, "broken vector", ": run carrel memory reindex"),
    ):
        if count:
            print_line(f"  ! {count_noun(count, noun)}{problem}")


def reindex(
    agent_name: AgentName = "default",
    words: Annotated[bool, typer.Option("--words", help="Also rebuild the full-text index.")] = False,
    as_json: AsJson = False,
) -> None:
    """Embed every row that has no vector of the current model. A run that was stopped is continued."""
    from carrel.memory.upkeep.reindex import drop_broken, drop_orphans, enqueue_missing, rebuild_words

    with open_home_without_indexer() as carrel:
        memory = carrel.agent(agent_name, make=False).memory
        vectors = carrel.store.engines.vectors
        rebuilt = rebuild_words(memory) if words else 0
        if vectors is None and not words:
            raise NotConfigured("No embedder is configured.", 'Set embedder = "local".')
        with progress("indexing words", carrel.store.stale_words.count()) as update:
            carrel.store.stale_words.renew(update)
        drop_orphans(memory)
        if vectors:
            drop_broken(memory, vectors.store)
        queued = enqueue_missing(memory, vectors.store) if vectors else 0
        with progress("embedding", carrel.store.waiting()) as update:
            embedded = carrel.store.embed_now(update)
    if as_json:
        print_json("memory.reindex", {"queued": queued, "embedded": embedded, "words": rebuilt})
    else:
        print_line(
            f"{count_noun(embedded, 'row')} embedded"
            + (f", words of {count_noun(rebuilt, 'row')} rebuilt" if words else "")
        )
