"""`carrel db`: the database as a whole."""

from typing import Annotated

import typer

from carrel.cli.options import AsJson, open_home
from carrel.cli.output import counted, line, print_json

app = typer.Typer(help="The database as a whole.", no_args_is_help=True)


@app.command("check")
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Answer calls whose results were lost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the file, its references, every agent's memory, and that no call stands without its result."""
    from carrel.memory.upkeep import check as checks

    with open_home("offline") as desk:
        repaired = checks.repair(desk.store) if repair else 0
        found = checks.check(desk.store)
    if as_json:
        print_json("db.check", {**found.to_json(), "repaired": repaired})
    else:
        if repaired:
            line(f"{counted(repaired, 'lost result')} replaced by a word that says so.")
        for problem in found.problems:
            line(f"! {problem}")
        if found.unfinished:
            line(f"{counted(found.unfinished, 'turn')} cut short; the next message closes it, /retry goes on with it.")
        line("Something is to be done, see above." if found.problems else "All is well.")
    if found.problems:
        raise typer.Exit(1)


@app.command("path")
def path() -> None:
    """Print the path of the database."""
    from carrel import config

    line(str(config.load().home / "carrel.db"))
