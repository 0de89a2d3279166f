"""`carrel models ls | optimize`: the embedding model's files."""

import json
from pathlib import Path

import pytest

from tests.cli.harness import Ran, carrel

MODEL = "all-MiniLM-L6-v2-53aa5117.onnx"


def test_models_of_an_empty_home(home: Path) -> None:
    """There is no file, and looking makes no home."""
    assert carrel("models", "ls") == Ran(0, "", "")
    assert json.loads(carrel("models", "ls", "--json").out) == {"schema": "carrel/models.ls@1", "data": []}
    assert not home.exists()


@pytest.mark.slow
def test_optimize_writes_the_model_once(home: Path) -> None:
    """In an empty home the file is written, for its owner alone; the second time it is there already."""
    path = home / "models" / MODEL
    ran = carrel("models", "optimize", "--json")
    assert (ran.code, json.loads(ran.out)["schema"]) == (0, "carrel/models.optimize@1")
    assert ran.data == {"path": str(path), "made": True}
    stamp = path.stat().st_mtime_ns
    assert [file.name for file in path.parent.iterdir()] == [MODEL]
    assert path.stat().st_mode & 0o077 == home.stat().st_mode & 0o077 == 0
    assert carrel("models", "optimize").out == f"Already there: {path}\n"
    assert carrel("models", "optimize", "--json").data == {"path": str(path), "made": False}
    assert path.stat().st_mtime_ns == stamp
    assert carrel("models", "ls", "--json").data == [{"name": MODEL, "bytes": path.stat().st_size}]
    assert carrel("models", "ls").out == f"{MODEL}\t{path.stat().st_size / 1e6:.1f}\n"
    path.unlink()
    assert carrel("models", "optimize").out == f"Wrote {path}\n"


def test_a_home_in_the_way_is_3(tmp_path: Path) -> None:
    """A file in the place of the home is told, not a traceback."""
    (tmp_path / "file").write_text("I am in the way.", encoding="utf-8")
    for command in ("ls", "optimize"):
        ran = carrel("models", command, CARREL_HOME=str(tmp_path / "file"))
        assert (ran.code, "is not a directory" in ran.err) == (3, True)
