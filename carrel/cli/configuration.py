"""`carrel config`: show the settings and where each came from."""

import typer

from carrel.cli.options import AsJson
from carrel.cli.output import line, print_json, table

app = typer.Typer(help="Show the settings.", no_args_is_help=True)


@app.command("show")
def show(as_json: AsJson = False) -> None:
    """Print every setting, its value and where it came from."""
    from carrel import config

    found = config.load()
    if as_json:
        settings = [{"name": o.name, "value": o.value, "origin": o.origin} for o in found.table()]
        print_json("config.show", {"home": str(found.home), "settings": settings})
        return
    line(f"home: {found.home}")
    table(
        ("setting", "value", "from", "meaning"),
        [(o.name, o.value, o.origin, config.about(o.name)) for o in found.table()],
    )


@app.command("path")
def path() -> None:
    """Print the path of the settings file."""
    from carrel import config

    line(str(config.load().home / "config.toml"))
