"""A `llama-server` for tests: a process of its own that says how it was started and plays a script."""

import json
import os
import sys
from pathlib import Path
from typing import Any

_SCRIPT = """#!{python}
import json, os, signal, sys
from pathlib import Path
from carrel.testing.fake_server import FakeServer

here = Path(__file__).parent
(here / "started.tmp").write_text(json.dumps({{"pid": os.getpid(), "arguments": sys.argv[1:]}}))
(here / "started.tmp").rename(here / "started.json")
{first}
port = int(sys.argv[sys.argv.index("--port") + 1])
with FakeServer(lambda request: "Served.", port=port):
    signal.pause()
"""


class LlamaServer:
    """A program named `llama-server` in a folder, and what it tells of its last start."""

    def __init__(self, folder: Path, first: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        program = folder / "llama-server"
        program.write_text(_SCRIPT.format(python=sys.executable, first=first), encoding="utf-8")
        program.chmod(0o755)

    @property
    def path(self) -> str:
        """A value of PATH on which it is the first `llama-server`."""
        return os.pathsep.join([str(self.folder), os.environ["PATH"]])

    @property
    def started(self) -> dict[str, Any] | None:
        """The `pid` and the `arguments` of its last start; None where it was not started."""
        told = self.folder / "started.json"
        return json.loads(told.read_text(encoding="utf-8")) if told.exists() else None


def write_gguf(path: Path) -> Path:
    """Write a file that begins as a GGUF file does."""
    path.write_bytes(b"GGUF" + bytes(60))
    return path
