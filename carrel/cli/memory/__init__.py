"""`carrel memory`: list, show, search, correct, forget, undo, and keep in order."""

import typer

from carrel.cli.memory.add import add
from carrel.cli.memory.browse import list_memories, search, show_memory
from carrel.cli.memory.carry import export_memory, import_memory
from carrel.cli.memory.consolidate import consolidate
from carrel.cli.memory.edit import edit, pin, unpin
from carrel.cli.memory.forget import forget, purge, restore
from carrel.cli.memory.history import at, blame, diff, history
from carrel.cli.memory.map import draw_map
from carrel.cli.memory.stats import stats
from carrel.cli.memory.undo import redo, undo
from carrel.cli.memory.upkeep import reindex, verify
from carrel.cli.memory.why import explain

app = typer.Typer(help="List, show, search, correct and forget memories.", no_args_is_help=True)
app.command("ls")(list_memories)
app.command("show")(show_memory)
app.command("search")(search)
app.command("why")(explain)
app.command("add")(add)
app.command("edit")(edit)
app.command("pin")(pin)
app.command("unpin")(unpin)
app.command("forget")(forget)
app.command("restore")(restore)
app.command("purge")(purge)
app.command("undo")(undo)
app.command("redo")(redo)
app.command("history")(history)
app.command("diff")(diff)
app.command("blame")(blame)
app.command("at")(at)
app.command("stats")(stats)
app.command("map")(draw_map)
app.command("export")(export_memory)
app.command("import")(import_memory)
app.command("verify")(verify)
app.command("reindex")(reindex)
app.command("consolidate")(consolidate)
