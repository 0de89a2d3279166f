"""Kill -9 in the middle of turns: what was acknowledged is there, and the turn that was cut off is closed."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.memory.store import Memory, Store
from carrel.memory.turns.calls import NOT_EXECUTED, UNKNOWN
from carrel.messages import ToolCall

pytestmark = pytest.mark.process

CHILD = """
import os, sys
from pathlib import Path
from carrel.clock import SystemClock
from carrel.memory.tiers.core import NewBlock
from carrel.memory.store import Store
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause, TurnCall
from carrel.messages import AssistantMessage, ToolCall, ToolResult

class One:
    exact = True
    def count(self, text):
        return 1

def said(*ids):
    os.write(1, (" ".join(ids) + "\\n").encode())

memory = Store(Path(sys.argv[1]), SystemClock(), One(), None).memory("ada", [NewBlock("human", "", 100000)])
session = memory.sessions.start()
n = 0
while True:
    n += 1
    turn, user = memory.turns.begin(session, f"Message {n}", "m")
    said(user.id)
    calls = tuple(ToolCall(f"c{n}-{i}", "note", "{}") for i in range(3))
    step = NewStep(turn, 1, [str(n)], 1, "m", AssistantMessage("", calls), "tool_calls")
    asked = memory.steps.add(session, step)
    said(asked.id)
    for position, call in enumerate(calls):
        def run(memory):
            if position == 1:
                return ToolResult(call.id, "note", "outside")
            memory.core.append("human", call.id)
            made = memory.archival.insert(f"fact {call.id}", cause=Cause("agent", turn, 1, position))
            return ToolResult(call.id, "note", made.passage.id)
        effect = "outside" if position == 1 else "memory"
        result = memory.execute(TurnCall(session, turn, 1, position, call), effect, run)
        said(result.id, result.text)
    memory.turns.end(turn, "complete")
    said("turn", turn)
"""


class One:
    """Counts each text as one token."""

    exact = True

    def count(self, text: str) -> int:
        """Return one."""
        return 1


def killed_after(home: Path, lines: int) -> list[list[str]]:
    """Run turns in another process, kill it after so many acknowledgements, and return all that it had said."""
    arguments = [sys.executable, "-c", CHILD, str(home)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        heard = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        heard += child.stdout.read().splitlines()
    assert all(heard), "The child ended by itself."
    return [line.split() for line in heard]


def check_calls(memory: Memory, turn: str) -> None:
    """Each call of a turn has exactly one result, and one that says it was not executed left nothing behind."""
    messages = memory.recall.of_turn(turn)
    asked = [call for message in messages for call in message.calls]
    results = {message.call_id: message for message in messages if message.role == "tool"}
    assert Counter(one.call_id for one in messages if one.role == "tool") == Counter(call.id for call in asked)
    lines = memory.core["human"].value.splitlines()
    for call in asked:
        done = results[call.id].text not in (NOT_EXECUTED, UNKNOWN) and results[call.id].text != "outside"
        assert lines.count(call.id) == done == _facts(memory, call)


def _facts(memory: Memory, call: ToolCall) -> int:
    return sum(one.text == f"fact {call.id}" for one in memory.archival.latest(10_000))


@pytest.mark.parametrize("lines", [1, 2, 4, 23])
def test_kill(tmp_path: Path, clock: FrozenClock, lines: int) -> None:
    """After kill -9 every acknowledged row is there, and recovery leaves each call answered exactly once."""
    heard = killed_after(tmp_path, lines)
    store = Store(tmp_path, clock, One(), None)
    memory = store.memory("ada")
    running = memory.turns.recover()
    everything = memory.recall.latest(10_000)
    ids = {message.id for message in everything} | {one.id for one in memory.archival.latest(10_000)} | {"outside"}
    ended = {line[1] for line in heard if line[0] == "turn"}
    acknowledged = {word for line in heard if line[0] != "turn" for word in line}
    turns = list(dict.fromkeys(message.turn or "" for message in everything))
    assert acknowledged - ids == set()
    assert len(running) <= 1
    assert ended <= set(turns) - set(running)
    for turn in turns:
        check_calls(memory, turn)
    assert memory.turns.recover() == []
    with store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        words = connection.exec_driver_sql("SELECT rowid FROM message_words").scalars().all()
        searchable = connection.exec_driver_sql("SELECT n FROM messages WHERE position IS NOT NULL").scalars().all()
    assert sorted(words) == sorted(searchable)
    requests = [memory.request_log.find(turn, 1).parts for turn in turns if turn not in running]
    assert requests == [(str(n + 1),) for n in range(len(requests))]
    store.close()
