"""`carrel config`: show the settings and where each came from."""

import typer

from carrel.cli.options import AsJson
from carrel.cli.terminal.output import print_json, print_line, print_table

app = typer.Typer(help="Show the settings.", no_args_is_help=True)


@app.command("show")
def show_settings(as_json: AsJson = False) -> None:
    """Print every setting, its value and where it came from."""
    from carrel import config

    loaded = config.load()
    if as_json:
        settings = [{"name": o.name, "value": o.value, "origin": o.origin} for o in loaded.table()]
        print_json("config.show", {"home": str(loaded.home), "settings": settings})
        return
    print_line(f"home: {loaded.home}")
    print_table(
        ("setting", "value", "from", "meaning"),
        [(o.name, o.value, o.origin, config.about(o.name)) for o in loaded.table()],
    )


@app.command("path")
def print_path() -> None:
    """Print the path of the settings file."""
    from carrel import config

    print_line(str(config.load().home / "config.toml"))
