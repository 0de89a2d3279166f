"""`carrel models`: the embedding model's files on this machine."""

import typer

from carrel.cli.options import AsJson
from carrel.cli.terminal.output import print_json, print_line, print_table

app = typer.Typer(help="The embedding model's files.", no_args_is_help=True)


@app.command("ls")
def list_files(as_json: AsJson = False) -> None:
    """List the model files of this home."""
    from carrel import config

    folder = config.load().home / "models"
    files = sorted(path for path in folder.glob("*") if path.is_file())
    if as_json:
        print_json("models.ls", [{"name": path.name, "bytes": path.stat().st_size} for path in files])
        return
    print_table(("file", "megabytes"), [(path.name, f"{path.stat().st_size / 1e6:.1f}") for path in files])


@app.command("optimize")
def optimize_model(as_json: AsJson = False) -> None:
    """Write the local model in the form that starts fast on a CPU; otherwise this happens at first use."""
    from carrel import config
    from carrel.bootstrap import export_local_model

    loaded = config.load()
    config.make_home(loaded.home)
    path, written = export_local_model(loaded.home / "models")
    if as_json:
        print_json("models.optimize", {"path": str(path), "made": written})
    else:
        print_line(f"{'Wrote' if written else 'Already there:'} {path}")
