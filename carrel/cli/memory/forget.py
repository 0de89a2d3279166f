"""`carrel memory forget`, `restore` and `purge`: put memories into the bin, take them out, erase them for good."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.errors import UsageError
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent
    from carrel.memory.forgetting.cascade import Cascade
    from carrel.memory.forgetting.files import ScanReport
    from carrel.memory.forgetting.forget import ForgetReport
    from carrel.memory.forgetting.selection import Selection

NOUNS = {
    "lines": ("line of core memory", "lines of core memory"),
    "summaries": ("summary", "summaries"),
    "requests": ("kept request", "kept requests"),
}
SHOWN = 20
"""Memories that are listed."""

Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
Copies = Annotated[bool, typer.Option("--delete-copies", help="Also delete backups and exports that contain it.")]


def forget(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids, or human:2 for a line.")] = None,
    agent_name: AgentName = "default",
    query: Annotated[str, typer.Option("--query", help="Words that stand together in it.")] = "",
    session: Annotated[str | None, typer.Option("--session", help="All of a session.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="First day or moment.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day or moment, included.")] = None,
    speaker: Annotated[str | None, typer.Option("--speaker", help="All that somebody said.")] = None,
    turn: Annotated[
        str | None, typer.Option("--turn", help="What a turn, or last, said, wrote and used for its answer.")
    ] = None,
    hard: Annotated[bool, typer.Option("--hard", help="Erase it for good, everywhere.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be forgotten.")] = False,
    prove: Annotated[str | None, typer.Option("--prove", help="Look for this text in every byte of the home.")] = None,
    delete_copies: Copies = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Forget memories and all that quotes them: into the bin for 30 days, or with --hard for good."""
    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        if prove is not None:
            _print_proof(agent.memory.forgetting.prove(prove), prove, as_json)
            return
        selection = _selection(
            agent, ids or [], query=query, session=session, dates=(since, until), speaker=speaker, turn=turn
        )
        cascade = agent.memory.forgetting.find(selection, hard=hard)
        if dry_run:
            _print_plan(cascade, hard, as_json)
            return
        _confirm(agent, selection, cascade, hard=hard, yes=yes)
        report = _forget(agent, selection, hard=hard, delete_copies=delete_copies)
    _print_report(report, as_json)


def restore(
    reference: Annotated[str, typer.Argument(metavar="ID", help="The id of a memory, or the one that forget printed.")],
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Take out of the bin what was forgotten together with a memory."""
    from carrel.memory.values import Cause

    with open_home_without_indexer() as carrel:
        restored = carrel.agent(agent_name, make=False).memory.forgetting.restore(reference, Cause("user"))
    if as_json:
        print_json("memory.restore", {"restored": restored})
    else:
        print_line(terminal_text(f"Restored: {', '.join(restored)}."))


def purge(
    agent_name: AgentName = "default",
    days: Annotated[int | None, typer.Option("--days", min=0, help="Only what was forgotten so long ago.")] = None,
    delete_copies: Copies = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Empty the bin: erase what is in it for good."""
    from carrel.memory.values import Cause

    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        count = count_noun(len(agent.memory.forgetting.in_bin()), "item")
        _ask(f"Erase {count} for good?", yes)
        report = agent.memory.forgetting.purge(Cause("user"), days=days, delete_copies=delete_copies)
    _print_report(report, as_json)


def _selection(
    agent: "Agent",
    ids: list[str],
    *,
    query: str,
    session: str | None,
    dates: tuple[str | None, str | None],
    speaker: str | None,
    turn: str | None,
) -> "Selection":
    from carrel.dates import parse_since, parse_until
    from carrel.memory.forgetting.selection import Selection

    since, until = dates
    zone = agent.memory.zone
    return Selection(
        tuple(ids),
        query,
        agent.sessions.find(session) if session else None,
        parse_since(since, zone) if since else None,
        parse_until(until, zone) if until else None,
        speaker,
        agent.memory.request_log.find_turn(turn) if turn else None,
    )


def _confirm(agent: "Agent", selection: "Selection", cascade: "Cascade", *, hard: bool, yes: bool) -> None:
    """Ask before everything is forgotten, and before anything is erased for good."""
    count = len(cascade.all)
    if agent.memory.forgetting.is_everything(selection):
        _ask(f"This is everything that '{agent.name}' remembers: {count_noun(count, 'item')}. Forget all?", yes)
    elif hard:
        _ask(f"Erase {count_noun(count, 'item')} for good?", yes)


def _ask(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} This needs a yes.", "Add --yes.")
    typer.confirm(question, abort=True)


def _forget(agent: "Agent", selection: "Selection", *, hard: bool, delete_copies: bool) -> "ForgetReport":
    from carrel.memory.values import Cause

    forgetting = agent.memory.forgetting
    if hard:
        return forgetting.erase(selection, Cause("user"), delete_copies=delete_copies)
    return forgetting.forget(selection, Cause("user"))


def _print_plan(cascade: "Cascade", hard: bool, as_json: bool) -> None:
    from carrel.memory.forgetting.forget import ForgetReport

    if as_json:
        print_json("memory.forget", ForgetReport(cascade.all, cascade.counts, hard).to_json(is_dry=True))
        return
    for item in cascade.all[:SHOWN]:
        print_line(terminal_text(f"  {item.ref}  {one_line(item.text, 100)}"))
    if len(cascade.all) > SHOWN:
        print_line(f"  … and {len(cascade.all) - SHOWN} more")
    print_line(f"Would be forgotten: {_counts(cascade.counts)}. Nothing was changed.")


def _print_report(report: "ForgetReport", as_json: bool) -> None:
    if as_json:
        print_json("memory.forget", report.to_json())
        return
    print_line(f"{'Erased' if report.hard else 'Forgotten'}: {_counts(report.counts)}.")
    for left in report.left:
        print_line(terminal_text(f"! {left.where}: {left.why}"))
    if report.key:
        print_line(f"For 30 days carrel memory restore {report.key} brings it back.")


def _print_proof(report: "ScanReport", text: str, as_json: bool) -> None:
    if as_json:
        print_json("memory.prove", {"text": text, **report.to_json()})
    else:
        print_line(f"Looked at {report.bytes} bytes in {count_noun(report.files, 'file')}.")
        for name, times in report.found.items():
            print_line(terminal_text(f"! {name}: {count_noun(times, 'time')}"))
        for name in report.named:
            print_line(terminal_text(f"! {name}: in its name"))
        for name in report.unseen:
            print_line(terminal_text(f"? {name}: packed, not looked into"))
        print_line("It stands there still." if report.is_found else "It is nowhere.")
    if report.is_found:
        raise typer.Exit(1)


def _counts(counts: dict[str, int]) -> str:
    nouns = {name: NOUNS.get(name, (name.removesuffix("s"), name)) for name in counts}
    parts = [f"{number} {nouns[name][number != 1]}" for name, number in counts.items() if number]
    return ", ".join(parts) or "nothing"
