"""A real conversation is exported as a scenario that replays it."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import ModelFailed, UsageError
from carrel.models.chat.scripted import Item, ScriptedAnswer, ScriptedModel, call, calls, say
from carrel.protocols import Request
from carrel.scenario.export import export_sessions, to_yaml
from carrel.scenario.files.load import load
from carrel.scenario.files.yaml_file import read_yaml
from carrel.scenario.record.trajectory import FILE_NAME, read_trajectory
from carrel.scenario.report import format_result
from carrel.scenario.run import RunOptions, run_scenario
from carrel.text import clean_text
from tests.cli.harness import carrel


def update(request: Request) -> ScriptedAnswer:
    """Correct the passage in the newest result."""
    found = request.messages[-1].text.partition("[p-")[2][:12]
    return call("archival_update", id=f"p-{found}", text="Ada lives in Porto.")


SCRIPT: list[Item] = [
    call("core_memory_append", label="human", content="Ada."),
    say("Hello Ada."),
    call("archival_search", query="lives"),
    update,
    calls(say("Let me see."), call("archival_insert", text="She moved.")),
    call("nothing", x=1),
    say("You live in Porto: yes.\nIndeed."),
    ModelFailed("Asleep."),
    say("你好。"),
]
SENT = ["I'm Ada. My key is sk-abcdefghijklmnop1234.", "I moved to Porto.", "Are you there?", "你好！"]


def converse(home: Path, clock: FrozenClock) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Have a conversation with calls, corrections and a failure; return it as a scenario, and its messages."""
    with Carrel.open(home, ScriptedModel(SCRIPT), "none", clock) as client:
        ada = client.agent("ada")
        ada.core.rethink("human", "Name: unknown.")
        ada.archival.insert("Ada lives in Bonn.", ["home"])
        ada.archival.insert("Ada keeps bees.")
        chat = ada.session()
        for text in SENT:
            clock.advance(minutes=90)
            with pytest.raises(ModelFailed) if "there" in text else nullcontext():
                chat.send(text)
        ada.core.append("human", "Changed later.")
        given = export_sessions(ada, [info.id for info in ada.sessions.all()], 8000, "none")
        messages = ada.recall.of_session(str(chat.id))
    return given, [(message.role, message.text) for message in messages if message.role != "tool"]


@pytest.mark.slow
def test_it_replays(home: Path, tmp_path: Path, clock: FrozenClock) -> None:
    """Texts, calls, dates and the memory at the start are the same; keys are masked; ids are filled in again."""
    given, messages = converse(home, clock)
    path = tmp_path / "ada.scenario.yaml"
    path.write_text(to_yaml(given), encoding="utf-8")
    assert "sk-abc" not in path.read_text(encoding="utf-8")
    source = load(path)
    assert source.scenario.clock.start.isoformat() == "2026-01-05T10:30:00+01:00"
    result = run_scenario(source, RunOptions(out=tmp_path / "out"))
    assert (result.outcome, result.count("passed")) == ("passed", 4), "\n".join(format_result(result))
    turns = [record for record in read_trajectory(tmp_path / "out" / "ada" / FILE_NAME) if record["type"] == "turn"]
    assert [record["at"][:16] for record in turns][::3] == ["2026-01-05T10:30", "2026-01-05T15:00"]
    again = [(item["role"], item["text"]) for record in turns for item in record["messages"]]
    assert again == [(role, text.replace("sk-abcdefghijklmnop1234.", "[key removed].")) for role, text in messages]
    assert turns[-1]["core"]["human"] == "Name: unknown.\nAda."
    facts = [item["text"] for item in turns[1]["passages"]]
    assert facts == ["Ada lives in Bonn.", "Ada lives in Porto.", "She moved."]


@pytest.mark.parametrize(
    "text",
    ["My template is {{ id }}.", "Repeat {{ i }} and \\\\{{ id 2 }} and {{ user }}.", "${HOME} and %s and ---", "1e5"],
)
def test_text_that_looks_like_syntax_replays(home: Path, tmp_path: Path, clock: FrozenClock, text: str) -> None:
    """What was said, answered and stored comes back letter by letter, whatever it looks like."""
    script: list[Item] = [call("archival_insert", text=f"They said: {text}"), say(text)]
    with Carrel.open(home, ScriptedModel(script), "none", clock) as client:
        ada = client.agent("ada")
        ada.session().send(text)
        given = export_sessions(ada, [info.id for info in ada.sessions.all()], 8000, "none")
    path = tmp_path / "ada.scenario.yaml"
    path.write_text(to_yaml(given), encoding="utf-8")
    result = run_scenario(load(path), RunOptions(out=tmp_path / "out"))
    assert result.outcome == "passed", "\n".join(format_result(result))
    (turn,) = (item for item in read_trajectory(tmp_path / "out" / "ada" / FILE_NAME) if item["type"] == "turn")
    assert [item["text"] for item in turn["messages"] if item["role"] != "tool"] == [text, "", text]
    assert [item["text"] for item in turn["passages"]] == [f"They said: {text}"]


@given(st.text(max_size=30))
@example("1e5")
@example("~")
@example("{{ i }}")
@example("a: b # c")
@example("\n x\n")
def test_any_text_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The reader of scenarios takes every text that the writer wrote for the same text."""
    path = tmp_path_factory.mktemp("text") / "x.yaml"
    path.write_text(to_yaml({"text": clean_text(text), "list": [clean_text(text)]}), encoding="utf-8", newline="")
    assert read_yaml(path).data == {"text": clean_text(text), "list": [clean_text(text)]}


def test_empty_sessions(home: Path, clock: FrozenClock) -> None:
    """An empty session cannot be exported."""
    with Carrel.open(home, "offline", "none", clock) as client:
        ada = client.agent("ada")
        session = ada.sessions.start("empty")
        with pytest.raises(UsageError, match="These sessions contain no message"):
            export_sessions(ada, [session], 8000, "none")


@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    """`carrel session export` prints messages to import, or a scenario to run; sessions are named as elsewhere."""
    carrel("ask", "My name is Ada.")
    carrel("ask", "What is my name?", "--session", "last")
    carrel("ask", "我有一只猫。")
    printed = carrel("session", "export", "--scenario").out
    assert [turn["user"] for turn in yaml.safe_load(printed)["sessions"][0]["turns"]] == ["我有一只猫。"]
    path = tmp_path / "all.scenario.yaml"
    ran = carrel("session", "export", "--all", "--scenario", "--out", str(path))
    assert (ran.code, ran.out, ran.err) == (0, "", f"Wrote {path}.\n")
    again = carrel("run", str(path), "--json")
    assert (again.code, again.data["passed"], again.data["scenarios"][0]["turns"]) == (0, 1, 3)
    lines = tmp_path / "all.jsonl"
    lines.write_text(carrel("session", "export", "--all").out, encoding="utf-8")
    assert carrel("import", str(lines), "-a", "twin").out.startswith(f"{lines}: 6 messages added in 2 sessions")
    assert carrel("session", "export", "--all", "last").code == 2
    assert carrel("session", "export", "nowhere").code == 4
    assert carrel("session", "export", "-o", str(tmp_path / "no" / "x")).code == 2
