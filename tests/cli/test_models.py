"""`carrel models ls | optimize`: the embedding model's files."""

import json
from pathlib import Path

import pytest

from carrel.models.discovery import local_servers
from carrel.rendering.written_calls import render_reply_action
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import Ran, carrel

MODEL = "all-MiniLM-L6-v2-53aa5117.onnx"


@pytest.fixture(autouse=True)
def _no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever listens on this machine is none of a test's business."""
    monkeypatch.setattr(local_servers, "PORTS", {})


def test_models_of_an_empty_home(home: Path) -> None:
    """There is no file, and looking makes no home."""
    assert carrel("models", "ls") == Ran(0, "", "")
    nothing: dict[str, list[str]] = {"chat": [], "embedders": []}
    assert json.loads(carrel("models", "ls", "--json").out) == {"schema": "carrel/models.ls@1", "data": nothing}
    assert carrel("models", "ls", CARREL_MODEL="any").code == 0
    assert not home.exists()


@pytest.mark.network
def test_chat_models_are_listed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configured one first, with its contract and how that was found out, then what servers here offer."""
    with FakeServer([render_reply_action("Hi.")], model="tiny", obeys="action") as server:
        monkeypatch.setattr(local_servers, "PORTS", {"Ollama": int(server.url.split(":")[-1].split("/")[0])})
        configured = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "tiny"}
        carrel("ask", "Hello", **configured)
        found = {"window": None, "found": "configured"}
        tiny = {"name": "tiny", "url": server.url, "contract": "action", "evidence": "found by probing", **found}
        assert carrel("models", "ls", "--json", **configured).data["chat"] == [tiny]
        set_by_user = carrel("models", "ls", "--json", **configured, CARREL_CONTRACT="text").data["chat"]
        assert set_by_user == [{**tiny, "contract": "text", "evidence": "set"}]
        assert carrel("models", "ls", "--json").data["chat"] == [{**tiny, "found": "Ollama on this machine"}]
        assert carrel("models", "ls").out == f"tiny\t{server.url}\taction\t?\tfound by probing\n"


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
    assert carrel("models", "ls", "--json").data["embedders"] == [{"name": MODEL, "bytes": path.stat().st_size}]
    assert carrel("models", "ls").out == f"{MODEL}\t{path.stat().st_size / 1e6:.1f}\n"
    path.unlink()
    assert carrel("models", "optimize").out == f"Wrote {path}\n"


def test_a_home_in_the_way_is_3(tmp_path: Path) -> None:
    """A file in the place of the home is told, not a traceback."""
    (tmp_path / "file").write_text("I am in the way.", encoding="utf-8")
    for command in ("ls", "optimize"):
        ran = carrel("models", command, CARREL_HOME=str(tmp_path / "file"))
        assert (ran.code, "is not a directory" in ran.err) == (3, True)
