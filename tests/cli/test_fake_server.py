"""`carrel fake-server`: a script over HTTP, and mistakes in it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.testing.catalog import FAULTS
from carrel.testing.script import load
from tests.cli.harness import LIMIT, carrel, environment

YAML = """
model: toy
window: 100000
lacks: tools
repeat: true
replies:
  - fault: rate-limit-wait
    seconds: 0.01
  - 你好！
  - say: As far as
    finish: length
"""


@contextmanager
def serving(path: Path) -> Iterator[tuple[list[str], str]]:
    """Run the command and yield its address, and a list for what it says; stop it by Ctrl-C, which is no failure."""
    command = [sys.executable, "-m", "carrel", "fake-server", "--script", str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment()) as running:
        assert running.stdout
        try:
            said: list[str] = []
            yield said, running.stdout.readline().strip()
        finally:
            running.send_signal(signal.SIGINT)
            said.append(running.communicate(timeout=LIMIT)[1])
        assert running.returncode == 0


def written(tmp_path: Path, content: Any, name: str = "script.json") -> Path:
    """Write a script."""
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.process
def test_a_script_is_served_until_ctrl_c(tmp_path: Path) -> None:
    """Faults and replies come in order, over and over where that is wished; Ctrl-C ends it with 0."""
    with serving(written(tmp_path, YAML, "script.yaml")) as (said, url):
        variables = {"CARREL_BASE_URL": url, "CARREL_MODEL": "toy", "CARREL_PAGE_IN": "no", "CARREL_CONTRACT": "native"}
        first = carrel("ask", "Hello", **variables)
        second = carrel("ask", "And?", **variables)
        third = carrel("ask", "And?", **variables)
    assert (first.out, second.out, third.out) == ("你好！\n", "As far as\n", "你好！\n")
    assert second.err == '(cut off at the limit of its length: say "go on", or raise reply_tokens)\n'
    assert first.err == ""
    assert said[0].endswith("6 requests were answered.\n")


@pytest.mark.process
def test_a_call_of_the_script_is_made(tmp_path: Path) -> None:
    """Calls stand in a script as names and arguments."""
    script = [{"call": "archival_insert", "arguments": {"text": "Bees."}}, {"say": "Ok", "calls": []}, {"status": 401}]
    with serving(written(tmp_path, script)) as (_, url):
        variables = {"CARREL_BASE_URL": url, "CARREL_MODEL": "any"}
        assert carrel("ask", "Hello", "--json", **variables).data["memory"][0]["after"] == "Bees."
        assert carrel("ask", "Hello", **variables).code == 76


def test_the_faults_are_listed() -> None:
    """--faults prints the names that a script may use."""
    assert carrel("fake-server", "--faults").out.split() == list(FAULTS)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not valid: "),
        ("5", "is not a script. Write a list of replies"),
        ({"replys": []}, "is not a script."),
        ([5], "Reply 1 of '.*' is 5. Write a text, or an object with 'say', 'call', 'fault' or 'status'."),
        (["x", {"fault": "gremlins"}], "Reply 2 of '.*': Fault 'gremlins' is unknown. Use one of: overflow, "),
        ([{"fault": "hang-up", "seconds": 3}], "Reply 1 of '.*': Fault 'hang-up' does not take seconds."),
        ([{"say": "x", "calls": [{"nme": "f"}]}], "Reply 1 of '.*' has a value of the wrong type."),
        ({"replies": [], "lacks": ["legs"]}, "has the unknown value 'legs' in 'lacks'. Use: tools, stream"),
        ({"replies": [], "window": "big"}, "has 'big' as its window. Write a number of tokens."),
    ],
)
def test_a_mistake_in_a_script_is_told(tmp_path: Path, content: Any, told: str) -> None:
    """Each is a sentence that names the reply by its number."""
    path = written(tmp_path, content)
    with pytest.raises(BadFile, match=told):
        load(path)
    assert carrel("fake-server", "--script", str(path)).code == 2


@pytest.mark.process
def test_what_cannot_be_served_is_told(tmp_path: Path) -> None:
    """No script, no such file, broken YAML, a port that is taken."""
    assert "No script was given." in carrel("fake-server").err
    assert "cannot be read: No such file" in carrel("fake-server", "--script", str(tmp_path / "no.json")).err
    broken = written(tmp_path, "replies: [", "broken.yaml")
    assert "is not valid: while parsing" in carrel("fake-server", "--script", str(broken)).err
    with serving(written(tmp_path, ["Hi"])) as (_, url):
        port = url.rpartition(":")[2].removesuffix("/v1")
        ran = carrel("fake-server", "--script", str(written(tmp_path, ["Hi"])), "--port", port)
    assert (ran.code, f"Port {port} cannot be used: " in ran.err) == (2, True)
