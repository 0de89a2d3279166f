"""Record a scenario with a model behind the true SDK, and replay it to the identical trajectory on any machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import NotAuthorised, UsageError
from carrel.messages import ToolResult, UserMessage
from carrel.models.chat.scripted import ScriptedAnswer, call, calls, say
from carrel.protocols import Request
from carrel.scenario.play.runtime import ModelOptions
from carrel.scenario.record.trajectory import FILE_NAME
from carrel.scenario.run import RunOptions, RunResult, run_scenario
from carrel.testing.fake_server import FakeServer
from tests.scenario.builders import outcomes, scenario, write_and_load

AGENT = {"model": "big-model", "window": 2500, "embedder": "none", "human": "Name: Ada."}
LIVE = {"agent": AGENT, "clock": {"start": "2026-01-05T09:00:00+09:00"}}
TURNS: tuple[dict[str, Any], ...] = (
    {"user": "I'm allergic to peanuts.", "expect": [{"tool_called": "archival_insert"}, {"latency": {"lt": 60}}]},
    {"user": "Tell me about whale {{ i }}.", "repeat": 12},
    {
        "user": "What am I allergic to?",
        "expect": [{"reply": "peanuts"}, {"judge": {"rubric": "warns", "model": "judge"}}],
    },
    {"expect": {"context.evicted": {"ge": 1}}},
)


def answer(request: Request) -> ScriptedAnswer:
    """Answer like a model that stores facts, corrects them by id, and talks at length."""
    last = request.messages[-1]
    asked = next(message.text for message in reversed(request.messages) if isinstance(message, UserMessage))
    if request.messages[0].text.startswith("You grade"):
        return say('{"score": 0.9, "reason": "It does."}')
    if isinstance(last, ToolResult) and last.text.startswith("Stored as") and "supersedes" not in last.text:
        return call("archival_update", id=last.text.split()[2].strip("."), text="Ada must not eat peanuts.")
    if "allergic to peanuts." in asked and not isinstance(last, ToolResult):
        return calls(say("Let me note that."), call("archival_insert", text="Ada is allergic to peanuts."))
    return say("You must not eat peanuts." if "What am I" in asked else "A whale is large and old. " * 12)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A configured model server."""
    with FakeServer(answer, "big-model") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "secret-of-the-house")
        yield server


def trajectory(out: Path) -> bytes:
    """Return the bytes of the only trajectory below a folder."""
    (path,) = out.rglob(FILE_NAME)
    return path.read_bytes()


def record(tmp_path: Path, **agent: str) -> RunResult:
    """Record the scenario with the live model."""
    source = write_and_load(tmp_path, scenario(*TURNS, **{**LIVE, "agent": {**AGENT, **agent}}))
    return run_scenario(source, RunOptions(ModelOptions(record=True), out=tmp_path / "live"))


def replay_elsewhere(tmp_path: Path, zone: str, seed: str) -> subprocess.CompletedProcess[str]:
    """Replay in a process of its own with an empty home, as another machine would."""
    path = tmp_path / "test.scenario.yaml"
    env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "CARREL_HOME": str(tmp_path / "elsewhere" / zone)}
    command = [sys.executable, "-m", "carrel", "run", str(path), "--replay", "--out", str(tmp_path / zone), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=env, check=False)


@pytest.mark.process
def test_a_recording_replays_to_the_same_bytes(
    tmp_path: Path, live: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replayed without server, key and embedder, in other time zones and with other hash seeds, no byte differs."""
    first = record(tmp_path, embedder="local")
    assert outcomes(first) == [
        ("tool_called", "passed"),
        ("latency", "passed"),
        ("reply", "passed"),
        ("judge", "passed"),
        ("context.evicted", "passed"),
    ]
    requests = len(live.requests)
    live.__exit__(None, None, None)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name)
    for zone, seed in (("Asia/Tokyo", "1"), ("America/New_York", "2")):
        ran = replay_elsewhere(tmp_path, zone, seed)
        assert (ran.returncode, ran.stderr) == (0, "")
        data = json.loads(ran.stdout)["data"]
        assert (data["passed"], data["skipped"]) == (1, 1)
        assert data["scenarios"][0]["skipped"][0]["kind"] == "latency"
        assert trajectory(tmp_path / zone) == trajectory(tmp_path / "live")
        assert not (tmp_path / "elsewhere" / zone / "models").exists()
    assert len(live.requests) == requests
    cassette = (tmp_path / "test.cassette.jsonl").read_bytes()
    assert (b"secret-of-the-house" in cassette, b'"vector":' in cassette) == (False, True)


@pytest.mark.network
def test_a_cassette_beside_the_file_is_used(tmp_path: Path, live: FakeServer) -> None:
    """Without any option a recorded scenario is replayed; --live asks the model again."""
    record(tmp_path)
    requests = len(live.requests)
    source = write_and_load(tmp_path, scenario(*TURNS, **LIVE))
    assert run_scenario(source, RunOptions()).outcome == "passed"
    assert len(live.requests) == requests
    assert run_scenario(source, RunOptions(ModelOptions(live=True, judge="big-model"))).outcome == "passed"
    assert len(live.requests) == 2 * requests


@pytest.mark.network
def test_a_miss_ends_the_run(tmp_path: Path, live: FakeServer) -> None:
    """A scenario whose request was not recorded ends there and shows how the request differs."""
    record(tmp_path)
    turns = [
        {**turn, **({"user": "What was I allergic to?"} if "What" in turn.get("user", "") else {})} for turn in TURNS
    ]
    result = run_scenario(write_and_load(tmp_path, scenario(*turns, **LIVE)), RunOptions())
    assert result.error is not None
    assert result.error["code"] == "cassette_miss"
    message = result.error["message"]
    assert f"'{tmp_path}/test.cassette.jsonl' has no reply to this request. The most similar" in message
    assert "-user: What am I allergic to?\n+user: What was I allergic to?\n" in message


@pytest.mark.network
def test_a_run_that_would_store_a_key_fails(tmp_path: Path, live: FakeServer) -> None:
    """The cassette is not written if the user says the configured key."""
    source = write_and_load(tmp_path, scenario("My key is secret-of-the-house.", **LIVE))
    with pytest.raises(UsageError, match="looks like a key"):
        run_scenario(source, RunOptions(ModelOptions(record=True)))
    assert not source.cassette.exists()


@pytest.mark.network
def test_errors_are_recorded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's refusal is replayed as the same error."""
    turn = {"user": "Hi.", "expect": {"error": "Check the key"}}
    source = write_and_load(tmp_path, scenario(turn, agent={"model": "m", "embedder": "none"}))
    with FakeServer(lambda request: NotAuthorised("No.", "x")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = run_scenario(source, RunOptions(ModelOptions(record=True)))
    again = run_scenario(source, RunOptions(ModelOptions(replay=True)))
    assert first.verdicts == again.verdicts
    assert first.verdicts[0].actual.startswith('"')
