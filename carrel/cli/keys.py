"""`carrel keys`: the keys of model servers, in a file that only you may read."""

import sys
from typing import Annotated

import typer

from carrel.cli.options import AsJson
from carrel.cli.settings_file import CREDENTIALS, set_value, unset_value
from carrel.cli.terminal.output import print_json, print_line, print_table
from carrel.cli.terminal.streams import read_stdin
from carrel.errors import UsageError

app = typer.Typer(help="Keep the keys of model servers.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="[NAME]", help="api_key, or embedder_key.")]


@app.command("set")
def set_key(name: Name = "api_key") -> None:
    """Store a key: typed without being shown, or read from standard input."""
    from carrel import config

    _check(name)
    is_typed = sys.stdin.isatty()
    key = typer.prompt(f"The {name}, which is not shown", hide_input=True) if is_typed else read_stdin()
    if not key.strip():
        raise UsageError("The key is empty.", "Type it, or give it on standard input.")
    home = config.load().home
    set_value(home, name, key.strip())
    print_line(f"Stored {name} in '{home / CREDENTIALS}', which only you may read.")


@app.command("ls")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys that are set, each with where it comes from and only its end."""
    from carrel import config

    rows = [item for item in config.load().table() if item.name in config.SECRETS and item.value]
    if as_json:
        print_json("keys.ls", [{"name": row.name, "value": row.value, "origin": row.origin} for row in rows])
        return
    print_table(("key", "value", "from"), [(row.name, row.value, row.origin) for row in rows])


@app.command("rm")
def remove_key(name: Name = "api_key") -> None:
    """Remove a key from the file."""
    from carrel import config

    _check(name)
    removed = unset_value(config.load().home, name)
    print_line(f"Removed {name}." if removed else f"No {name} is stored.")


def _check(name: str) -> None:
    from carrel import config

    if name not in config.SECRETS:
        raise UsageError(f"'{name}' is no key.", f"Choose {' or '.join(sorted(config.SECRETS))}.")
