"""`carrel db`: check the database, back it up, restore and upgrade it, and print its path."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from carrel.cli.options import AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.errors import UsageError
from carrel.text import terminal_text

app = typer.Typer(help="Check, back up, restore and upgrade the database.", no_args_is_help=True)


@app.command("check")
def check_database(
    repair_calls: Annotated[
        bool,
        typer.Option(
            "--repair", help="Add a result to each call whose own was lost; take calls and thoughts out of answers."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check the file, its foreign keys and every agent's memory, and find calls without a result or in a text."""
    from carrel.memory.upkeep.check import check, clean_calls, clean_thoughts, repair
    from carrel.tools.defaults import MEMORY_TOOLS

    tools = tuple(tool.schema for tool in MEMORY_TOOLS)
    with open_home_without_indexer("offline") as carrel:
        repaired = repair(carrel.store) if repair_calls else 0
        cleaned = clean_calls(carrel.store, tools) if repair_calls else 0
        without_thoughts = clean_thoughts(carrel.store) if repair_calls else 0
        report = check(carrel.store, tools)
    if as_json:
        print_json("db.check", {**report.to_json(), "repaired": repaired, "cleaned": cleaned + without_thoughts})
    else:
        if repaired:
            print_line(f"{count_noun(repaired, 'lost result')} replaced by a note that says so.")
        if cleaned:
            print_line(f"A call was taken out of the text of {count_noun(cleaned, 'answer')}.")
        if without_thoughts:
            print_line(f"Thoughts were taken out of the text of {count_noun(without_thoughts, 'answer')}.")
        for problem in report.problems:
            print_line(f"! {problem}")
        if report.unfinished:
            print_line(
                f"{count_noun(report.unfinished, 'turn')} cut short; the next message closes it, /retry resumes it."
            )
        print_line("Something needs attention, see above." if report.problems else "All is well.")
    if report.problems:
        raise typer.Exit(1)


@app.command("path")
def print_path(as_json: AsJson = False) -> None:
    """Print the path of the database."""
    path = str(_home() / "carrel.db")
    if as_json:
        print_json("db.path", {"path": path})
    else:
        print_line(path)


@app.command("backup")
def back_up(
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A new file; without it, among the home's backups.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of the database, also while it is in use."""
    from carrel.memory.upkeep import backups

    written = backups.back_up(_home(), target)
    if as_json:
        print_json("db.backup", {"file": str(written), "bytes": written.stat().st_size})
    else:
        print_line(terminal_text(f"Wrote {written}."))


@app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the database, and keep the present one among the backups."""
    from carrel.memory.upkeep import backups

    found = backups.check_backup(source)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"Restoring '{source}' needs a yes.", "Add --yes.")
        typer.confirm(f"Replace the database by '{source}' (revision {found})?", abort=True)
    done = backups.restore(_home(), source)
    if as_json:
        print_json("db.restore", {"file": str(source), "revision": done.revision, "kept": done.kept and str(done.kept)})
        return
    print_line(terminal_text(f"Restored {source}."))
    if done.kept:
        print_line(terminal_text(f"The database that was there is kept as {done.kept}."))


@app.command("upgrade")
def upgrade(as_json: AsJson = False) -> None:
    """Upgrade the database to this Carrel's revision, after a backup. Other commands do so by themselves."""
    from carrel.memory.upkeep import backups

    done = backups.upgrade_home(_home())
    if as_json:
        print_json("db.upgrade", {"from": done.before, "to": done.after, "backup": done.backup and str(done.backup)})
    elif done.backup is None:
        print_line(f"Revision {done.after} is the newest.")
    else:
        print_line(terminal_text(f"Upgraded from revision {done.before} to {done.after}; backup: {done.backup}"))


def _home() -> Path:
    from carrel import config

    return config.load().home
