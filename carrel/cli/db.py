"""`carrel db`: check the database and print its path."""

from typing import Annotated

import typer

from carrel.cli.options import AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line

app = typer.Typer(help="Check the database.", no_args_is_help=True)


@app.command("check")
def check_database(
    repair_calls: Annotated[
        bool,
        typer.Option("--repair", help="Add a result to each call whose own was lost; take calls out of answers' text."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check the file, its foreign keys and every agent's memory, and find calls without a result or in a text."""
    from carrel.memory.upkeep.check import check, clean, repair
    from carrel.tools.defaults import MEMORY_TOOLS

    tools = tuple(tool.schema for tool in MEMORY_TOOLS)
    with open_home_without_indexer("offline") as carrel:
        repaired = repair(carrel.store) if repair_calls else 0
        cleaned = clean(carrel.store, tools) if repair_calls else 0
        report = check(carrel.store, tools)
    if as_json:
        print_json("db.check", {**report.to_json(), "repaired": repaired, "cleaned": cleaned})
    else:
        if repaired:
            print_line(f"{count_noun(repaired, 'lost result')} replaced by a note that says so.")
        if cleaned:
            print_line(f"A call was taken out of the text of {count_noun(cleaned, 'answer')}.")
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
def print_path() -> None:
    """Print the path of the database."""
    from carrel import config

    print_line(str(config.load().home / "carrel.db"))
