"""`carrel models`: the embedding model's files on this machine."""

import typer

from carrel.cli.options import AsJson
from carrel.cli.output import line, print_json, table

app = typer.Typer(help="The embedding model's files.", no_args_is_help=True)


@app.command("ls")
def ls(as_json: AsJson = False) -> None:
    """List the model files of this home."""
    from carrel import config

    folder = config.load().home / "models"
    files = sorted(path for path in folder.glob("*") if path.is_file())
    if as_json:
        print_json("models.ls", [{"name": path.name, "bytes": path.stat().st_size} for path in files])
        return
    table(("file", "megabytes"), [(path.name, f"{path.stat().st_size / 1e6:.1f}") for path in files])


@app.command("optimize")
def optimize(as_json: AsJson = False) -> None:
    """Write the local model in the form that starts fast on a CPU; otherwise this happens at first use."""
    from carrel import config
    from carrel.models.embedders.minilm_weights import weights_folder
    from carrel.models.embedders.onnx_embedder import OnnxEmbedder

    found = config.load()
    config.make_home(found.home)
    embedder = OnnxEmbedder(weights_folder(), found.home / "models")
    made = embedder.optimize()
    if as_json:
        print_json("models.optimize", {"path": str(embedder.path), "made": made})
    else:
        line(f"{'Wrote' if made else 'Already there:'} {embedder.path}")
