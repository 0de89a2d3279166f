"""`carrel config`: show the settings and where each came from, and change them."""

import os
from typing import Annotated

import typer

from carrel.cli.options import AsJson
from carrel.cli.settings_file import SETTINGS, check_file, set_value, unset_value, write_private
from carrel.cli.terminal.editing import ask_editor
from carrel.cli.terminal.output import print_json, print_line, print_note, print_table
from carrel.errors import UsageError

app = typer.Typer(help="Show and change the settings.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A setting, as carrel config show names it.")]


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
    for text in config.describe_unknown_variables():
        print_note(text)


@app.command("set")
def set_setting(
    name: Name, value: Annotated[str, typer.Argument(metavar="VALUE", help="Its value.")], as_json: AsJson = False
) -> None:
    """Set a setting in config.toml."""
    from carrel import config

    if name in config.SECRETS:
        raise UsageError(f"'{name}' is a key, and a command line is seen by others.", "Use carrel keys set.")
    home = config.default_home(os.environ)
    set_value(home, name, value)
    now = next(item for item in config.load().table() if item.name == name)
    if as_json:
        print_json("config.set", {"name": name, "value": now.value, "origin": now.origin})
        return
    print_line(f"{name} = {now.value}")
    if now.origin != str(home / SETTINGS):
        print_note(f"{now.origin} sets it too, and takes precedence.")


@app.command("unset")
def unset_setting(name: Name, as_json: AsJson = False) -> None:
    """Remove a setting from config.toml: its default applies again."""
    from carrel import config

    removed = unset_value(config.default_home(os.environ), name)
    if as_json:
        print_json("config.unset", {"name": name, "removed": removed})
    else:
        print_line(f"Removed {name}." if removed else f"{name} is not set in {SETTINGS}.")


@app.command("edit")
def edit_settings() -> None:
    """Open config.toml in your editor ($VISUAL or $EDITOR). It is written only if it is valid."""
    from carrel import config

    home = config.make_home(config.default_home(os.environ))
    path = home / SETTINGS
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = ask_editor(before, home)
    if after == before:
        print_line("Nothing was changed.")
        return
    check_file(home, after)
    write_private(path, after)
    print_line(f"Wrote {path}.")


@app.command("path")
def print_path() -> None:
    """Print the path of the settings file."""
    from carrel import config

    print_line(str(config.load().home / "config.toml"))
