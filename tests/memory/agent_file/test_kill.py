"""Kill -9 in the middle of an import: nothing of the agent is there, and the import can be run again."""

import subprocess
import sys
from pathlib import Path

import pytest

from carrel.memory.agent_file.export import export_agent
from carrel.memory.agent_file.load import import_agent, plan_import
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.store import Memory, Store
from carrel.memory.upkeep.check import check
from carrel.memory.values import NewMessage
from tests.memory.looking import everything

pytestmark = pytest.mark.process

CHILD = """
import os, sys, time
from pathlib import Path
from carrel.clock import SystemClock
from carrel.memory.agent_file.load import import_agent, plan_import
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.store import Store

class One:
    exact = True
    def count(self, text):
        return 1

def said(done):
    os.write(1, b"x")
    time.sleep(60)

store = Store(Path(sys.argv[1]), SystemClock(), One(), None)
file = AgentFile(Path(sys.argv[2]))
import_agent(store, file, plan_import(store, file, "eve"), said)
"""


def test_nothing_of_a_killed_import_is_left(full: Memory, store: Store, tmp_path: Path) -> None:
    """The home holds what it held, is sound, and takes the whole agent afterwards."""
    full.recall.load(NewMessage("user", f"Letter {n} 信.", source=str(n), session="many") for n in range(1500))
    target = tmp_path / "ada.jsonl"
    export_agent(store, "ada", target)
    before = everything(full)
    command = [sys.executable, "-c", CHILD, str(tmp_path), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.read(1) == b"x"
        child.kill()
    assert store.agents.find("eve") is None
    assert everything(full) == before
    file = AgentFile(target)
    import_agent(store, file, plan_import(store, file, "eve"))
    assert store.memory("eve").recall.count() == full.recall.count()
    assert check(store).problems == []
