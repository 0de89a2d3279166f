"""Chat in a pseudo-terminal as a person does, and measure what they wait for.

    python -m benchmarks.chat --times 5

Each time in a fresh home with the local embedder and without a model server: the time from the start to the prompt,
the time to the first answer, the time from Ctrl-D to the end, and the most memory that was resident. `cpu` is what the
process used, by which a busy machine can be told from a slow program.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import psutil

from benchmarks.common import percentiles, show

PROMPT = r"\x1b\[\?2004h"
"""What a line editor writes when it takes the terminal over."""


class Chat(NamedTuple):
    """One chat; times are in seconds."""

    prompt: float
    prompt_cpu: float
    answer: float
    answer_cpu: float
    leave: float
    peak_mb: float


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has used."""
    used = process.cpu_times()
    return float(used.user + used.system)


def peak_mb(process: psutil.Process) -> float:
    """Return the most memory that was resident so far, in megabytes; on other systems than Linux, what is now."""
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return float(process.memory_info().rss) / 2**20


def chat(home: str, message: str) -> Chat:
    """Start a chat, say one thing, and leave."""
    variables = {**os.environ, "CARREL_HOME": home, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    start = time.perf_counter()
    child = pexpect.spawn(sys.executable, ["-m", "carrel", "chat"], env=variables, timeout=120)
    child.delaybeforesend = None
    process = psutil.Process(child.pid)
    child.expect(PROMPT)
    prompt, prompt_cpu = time.perf_counter() - start, cpu_seconds(process)
    said = time.perf_counter()
    child.send(f"{message}\r")
    child.expect("Noted")
    answer, answer_cpu = time.perf_counter() - said, cpu_seconds(process) - prompt_cpu
    child.expect(PROMPT)
    peak = peak_mb(process)
    left = time.perf_counter()
    child.send("\x04")
    child.expect(pexpect.EOF)
    child.wait()
    return Chat(prompt, prompt_cpu, answer, answer_cpu, time.perf_counter() - left, peak)


def measure(times: int) -> dict[str, Any]:
    """Chat so many times, each in a home of its own and again in it, and return what people wait for."""
    first: list[Chat] = []
    again: list[Chat] = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as home:
            first.append(chat(home, "I am allergic to peanuts."))
            again.append(chat(home, "I keep bees."))
    return {"fresh home": _summary(first), "second chat": _summary(again)}


def _summary(chats: list[Chat]) -> dict[str, Any]:
    named = ("prompt", "prompt_cpu", "answer", "answer_cpu", "leave")
    figures: dict[str, Any] = {f"{name}_ms": percentiles([getattr(item, name) for item in chats]) for name in named}
    return {**figures, "peak_mb": round(max(item.peak_mb for item in chats))}


def main() -> None:
    """Parse, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    show("Chat", measure(given.times), given.json)


if __name__ == "__main__":
    main()
