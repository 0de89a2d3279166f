"""Cassettes: what a model said through the true SDK is played back to the identical trajectory, on any machine."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile, CassetteMiss, UsageError
from carrel.messages import AssistantMessage, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.scripted import Answer, call, calls, say
from carrel.protocols import Reply, Request
from carrel.scenario.play.stage import Casting
from carrel.scenario.play.trajectory import NAME
from carrel.scenario.record.cassette import Cassette, Replayer, Tape
from carrel.scenario.record.names import Names
from carrel.scenario.suite import Plan, Result, run
from carrel.testing.fake_server import FakeServer
from tests.memory.toy import ToyEmbedder
from tests.scenario.stories import loaded, outcomes, story

LIVE = {
    "agent": {"model": "big-model", "window": 2500, "embedder": "toy", "human": "Name: Ada."},
    "clock": {"start": "2026-01-05T09:00:00+09:00"},
}
TURNS: tuple[dict[str, Any], ...] = (
    {"user": "I'm allergic to peanuts.", "expect": [{"tool_called": "archival_insert"}, {"latency": {"lt": 60}}]},
    {"user": "Tell me about whale {{ i }}.", "repeat": 12},
    {
        "user": "What am I allergic to?",
        "expect": [{"reply": "peanuts"}, {"judge": {"rubric": "warns", "model": "judge"}}],
    },
    {"expect": {"context.evicted": {"ge": 1}}},
)


def answer(request: Request) -> Answer:
    """Answer as a model does that stores, corrects by id, and talks at length."""
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
def live(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A connected model, and an embedder that anyone can follow."""
    from carrel.scenario.play import stage

    monkeypatch.setattr(stage, "made_embedder", lambda settings, models: ToyEmbedder())
    stage._made_embedder.cache_clear()
    with FakeServer(answer, "big-model") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "secret-of-the-house")
        yield server
    stage._made_embedder.cache_clear()


def trajectory(out: Path) -> bytes:
    """Return the bytes of the only trajectory below a folder."""
    (path,) = out.rglob(NAME)
    return path.read_bytes()


def recorded(tmp_path: Path) -> Result:
    """Record the story with the live model."""
    source = loaded(tmp_path, story(*TURNS, **LIVE))
    return run(source, Plan(Casting(record=True), out=tmp_path / "live"))


def test_a_recording_replays_to_the_same_bytes(
    tmp_path: Path, live: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replayed without server, key and embedder, in other zones and with other hash seeds, not one byte differs."""
    first = recorded(tmp_path)
    assert [item for item in outcomes(first)] == [
        ("tool_called", "passed"),
        ("latency", "passed"),
        ("reply", "passed"),
        ("judge", "passed"),
        ("context.evicted", "passed"),
    ]
    asked = len(live.requests)
    live.__exit__(None, None, None)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name)
    for zone, seed in (("Asia/Tokyo", "1"), ("America/New_York", "2")):
        ran = replayed_elsewhere(tmp_path, zone, seed)
        assert (ran.returncode, ran.stderr) == (0, "")
        data = json.loads(ran.stdout)["data"]
        assert (data["passed"], data["skipped"]) == (1, 1)
        assert data["scenarios"][0]["skipped"][0]["kind"] == "latency"
        assert trajectory(tmp_path / zone) == trajectory(tmp_path / "live")
    assert len(live.requests) == asked
    assert b"secret-of-the-house" not in (tmp_path / "story.cassette.jsonl").read_bytes()


def replayed_elsewhere(tmp_path: Path, zone: str, seed: str) -> subprocess.CompletedProcess[str]:
    """Replay in a process of its own with an empty home, as another machine would."""
    path = tmp_path / "story.scenario.yaml"
    env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "CARREL_HOME": str(tmp_path / "elsewhere" / zone)}
    command = [sys.executable, "-m", "carrel", "run", str(path), "--replay", "--out", str(tmp_path / zone), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=env, check=False)


def test_a_cassette_beside_the_file_is_used(tmp_path: Path, live: FakeServer) -> None:
    """Without any option a story with a recording is played from it; --live asks the model again."""
    recorded(tmp_path)
    asked = len(live.requests)
    source = loaded(tmp_path, story(*TURNS, **LIVE))
    assert run(source, Plan()).outcome == "passed"
    assert len(live.requests) == asked
    assert run(source, Plan(Casting(live=True, judge="big-model"))).outcome == "passed"
    assert len(live.requests) == 2 * asked


def test_a_miss_shows_the_difference_to_the_nearest(tmp_path: Path, live: FakeServer) -> None:
    """A story that asks what was not recorded ends there and shows how the request differs."""
    recorded(tmp_path)
    turns = [
        {**turn, **({"user": "What was I allergic to?"} if "What" in turn.get("user", "") else {})} for turn in TURNS
    ]
    result = run(loaded(tmp_path, story(*turns, **LIVE)), Plan())
    assert result.error is not None
    assert result.error["code"] == "cassette_miss"
    message = result.error["message"]
    assert (
        f"'{tmp_path}/story.cassette.jsonl' has no answer to this request. The nearest recorded one differs:" in message
    )
    assert "-user: What am I allergic to?\n+user: What was I allergic to?\n" in message
    assert message.endswith("Record it again with --record, or put the story back.")


def test_a_key_is_never_stored(tmp_path: Path, live: FakeServer) -> None:
    """A cassette that would hold a key, the configured one or one of a known form, is refused and not written."""
    for text in ("My key is secret-of-the-house.", "I use sk-abcdefghijklmnop1234 here.", "AKIAABCDEFGHIJKLMNOP"):
        source = loaded(tmp_path, story(text, **LIVE))
        with pytest.raises(UsageError, match=r"looks like a key: .*Nothing was written\. Take it out"):
            run(source, Plan(Casting(record=True)))
        assert not source.cassette.exists()


def test_errors_are_recorded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's refusal is played back as the same error."""
    from carrel.errors import NotAuthorised

    turn = {"user": "Hi.", "expect": {"error": "Check the key"}}
    source = loaded(tmp_path, story(turn, agent={"model": "m", "embedder": "none"}))
    with FakeServer(lambda request: NotAuthorised("No.", "x")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = run(source, Plan(Casting(record=True)))
    again = run(source, Plan(Casting(replay=True)))
    assert first.verdicts == again.verdicts
    assert first.verdicts[0].actual.startswith('"')


def test_ids_of_a_run_do_not_matter() -> None:
    """A request is found again whatever its ids are, and ids in the answer are those of the present run."""

    def request(passage: str, call_id: str, nonce: str) -> Request:
        asked = AssistantMessage("", (ToolCall(call_id, "archival_search", '{"query": "x"}'),))
        found = ToolResult(
            call_id, "archival_search", f"[{passage} | today] Bees.\n\n<context {nonce}>\nNow\n</context {nonce}>"
        )
        return Request((SystemMessage("Be kind."), UserMessage("Delete it."), asked, found))

    one = request("p-0123456789ab", "call_1", "aaaa")
    tape = Tape("m")
    names = Names(one)
    said = AssistantMessage("Deleting p-0123456789ab.", (ToolCall("c", "archival_delete", '{"id": "p-0123456789ab"}'),))
    reply = {"message": names.recorded(said), "usage": None, "finish": "tool_calls"}
    tape.answer("agent", names.request(), {"reply": reply})
    assert "0123456789ab" not in json.dumps(tape.lines)
    path = Path(os.environ["CARREL_HOME"]).parent / "c.jsonl"
    tape.save(path)
    cassette = Cassette(path)
    (*_, got) = Replayer(cassette).stream(request("p-zzzzzzzzzzzz", "other", "bbbb"))
    assert isinstance(got, Reply)
    assert got.message.text == "Deleting p-zzzzzzzzzzzz."
    assert got.message.calls[0].arguments == '{"id": "p-zzzzzzzzzzzz"}'
    with pytest.raises(CassetteMiss, match="no recorded answer left"):
        list(Replayer(cassette).stream(one))


@pytest.mark.parametrize("content", ["", "{}\n", "not json\n", '{"schema": "carrel/cassette@2"}\n'])
def test_what_is_no_cassette(tmp_path: Path, content: str) -> None:
    """A file of another kind is refused with what its first line must say, or the line that cannot be read."""
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    with pytest.raises(BadFile, match=r"x\.jsonl"):
        Cassette(path)
