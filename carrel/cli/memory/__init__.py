"""`carrel memory`: list, show, search, add, and keep in order."""

import typer

from carrel.cli.memory.add import add
from carrel.cli.memory.browse import list_memories, search, show_memory
from carrel.cli.memory.consolidate import consolidate
from carrel.cli.memory.upkeep import reindex, verify

app = typer.Typer(help="List, show, search and add memories.", no_args_is_help=True)
app.command("ls")(list_memories)
app.command("show")(show_memory)
app.command("search")(search)
app.command("add")(add)
app.command("verify")(verify)
app.command("reindex")(reindex)
app.command("consolidate")(consolidate)
