"""Two processes at one home: one chats, one imports 5,000 messages; each finds what the other wrote, at once."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from tests.cli.harness import LIMIT, environment, process, write_jsonl

pytestmark = pytest.mark.process

ROWS = 5_000


@pytest.fixture
def importer(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`carrel import` of many messages, started and not yet done; MiniLM takes half a minute for them."""
    rows = (
        {"role": "user", "text": f"Crate {n} holds a fishing vessel.", "session": f"s{n // 50}"} for n in range(ROWS)
    )
    path = write_jsonl(tmp_path / "crates.jsonl", *rows)
    command = [sys.executable, "-m", "carrel", "import", str(path), "-a", "ada"]
    child = subprocess.Popen(command, env=environment(CARREL_EMBEDDER="local", CARREL_DEVICE="cpu"))
    yield child
    child.kill()
    child.wait(LIMIT)


def until(child: subprocess.Popen[bytes], true: Callable[[], bool]) -> None:
    """Wait, at most for so long, until something is true; the child must still be at work then."""
    last = time.monotonic() + 2 * LIMIT
    while not true():
        assert time.monotonic() < last
        try:
            pytest.fail(f"The import ended with {child.wait(0.1)}.")
        except subprocess.TimeoutExpired:
            continue
    assert child.poll() is None


def test_each_finds_what_the_other_wrote(home: Path, importer: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """By words once it is stored, by meaning once it is embedded; a killed import loses and doubles nothing."""
    carrel = Carrel.open(home, "offline", "local")
    ada = carrel.agent("ada")
    try:
        until(importer, lambda: ada.recall.search("crate", mode="words").total > 0)
        with ada.session() as chat:
            assert chat.send("My boat is called Heron.").text == "Noted."
        seen = process("memory", "search", "heron", "-a", "ada", "--mode", "words", "--json")
        assert [hit["text"] for hit in seen.data["hits"] if hit["role"] == "user"] == ["My boat is called Heron."]
        until(importer, lambda: bool(ada.recall.search("a ship", mode="meaning").hits))
        assert "vessel" in ada.recall.search("a ship", mode="meaning").hits[0].text
        until(importer, lambda: ada.counts.recall >= ROWS)
    finally:
        carrel.close()
    importer.kill()
    importer.wait(LIMIT)
    again = process("import", str(tmp_path / "crates.jsonl"), "-a", "ada", "--json")
    assert again.data["files"][0] == {
        "file": str(tmp_path / "crates.jsonl"),
        "added": 0,
        "known": ROWS,
        "sessions": 100,
        "skipped": [],
    }
    shown = json.loads(process("agent", "show", "ada", "--json").out)["data"]
    assert shown["counts"]["recall"] == ROWS + 2
