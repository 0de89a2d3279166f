"""`carrel run`: what is chosen, how it is run, what is printed and written, and with which code it ends."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.harness import carrel, environment, process
from tests.scenario.builders import scenario, write

SHOWN_AS_130 = (130, -signal.SIGINT)
"""If the interrupt arrives in an exec() of a library, CPython ends by the signal itself, whatever the exit code."""
CAT = {"user": "I have a cat.", "expect": {"core.human": "cat"}}
DOG = {"user": "I have a cat.", "expect": [{"core.human": "dog"}, {"judge": "is kind"}]}


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder with a scenario that passes and one that fails."""
    folder = tmp_path / "scenarios"
    write(folder / "good.scenario.yaml", scenario(CAT, name="a cat", tags=["pets", "fast"]))
    write(folder / "bad.scenario.yaml", scenario(CAT, DOG, name="a dog", tags=["pets"]))
    return folder


def test_what_it_prints(two: Path) -> None:
    """A line for each scenario, failures with file and line, a summary at the end; exit 5 if one failed."""
    ran = carrel("run", str(two))
    lines = ran.out.splitlines()
    assert ran.code == 5
    assert lines[0].startswith("FAIL  a dog  (2 turns, 1 passed, 1 failed, 1 skipped, ")
    assert lines[1:4] == [
        f"  {two}/bad.scenario.yaml:13  s1:2  core.human",
        '    expected  contains "dog"',
        '    actual    "I have a cat. [2026-01-05]"',
    ]
    assert lines[5].startswith(f"  skipped  {two}/bad.scenario.yaml:14  s1:2  judge: no judging model")
    assert lines[6].startswith("PASS  a cat  (1 turn, 1 passed, ")
    assert lines[7] == "1 of 2 passed, 1 failed, 1 expectations skipped."
    assert ran.err == ""


@pytest.mark.slow
def test_exit_codes(two: Path, tmp_path: Path) -> None:
    """0 where all pass, 5 where an expectation failed, 2 for a bad file, 4 for none, else the error's own."""
    live = write(tmp_path / "live.scenario.yaml", scenario(CAT, agent={"model": "gpt-9", "embedder": "none"}))
    late = scenario(CAT)
    late["sessions"].append({"id": "back", "at": "2020-01-01", "turns": [CAT]})
    back = write(tmp_path / "back.scenario.yaml", late)
    typo = write(tmp_path / "typo.scenario.yaml", scenario({"usr": "x"}))
    codes = {
        "good": carrel("run", str(two / "good.scenario.yaml")).code,
        "bad": carrel("run", str(two)).code,
        "typo": carrel("run", str(typo)).code,
        "nothing": carrel("run").code,
        "nowhere": carrel("run", str(tmp_path / "none.yaml")).code,
        "none of them": carrel("run", str(two), "-k", "horse").code,
        "not connected": carrel("run", str(live)).code,
        "nothing to be live with": carrel("run", str(two), "--live").code,
        "no recording": carrel("run", str(live), "--replay").code,
        "back in time": carrel("run", str(back)).code,
        "bad and broken": carrel("run", str(two), str(live)).code,
    }
    assert codes == {
        "good": 0,
        "bad": 5,
        "typo": 2,
        "nothing": 2,
        "nowhere": 2,
        "none of them": 4,
        "not connected": 3,
        "nothing to be live with": 3,
        "no recording": 4,
        "back in time": 2,
        "bad and broken": 5,
    }


@pytest.mark.parametrize(
    "options",
    [
        ("--record", "--replay"),
        ("--record", "--repeat", "2"),
        ("--replay", "--live"),
        ("--interactive",),
        ("--stop-at", "s1"),
        ("--stop-at", "s1:9"),
        ("--format", "word"),
        ("-k", "(cat"),
        ("-k", "cat or"),
        ("--score", "here"),
    ],
)
def test_options_that_make_no_sense(two: Path, options: tuple[str, ...]) -> None:
    """They are refused with a sentence that says what to do."""
    ran = carrel("run", str(two / "good.scenario.yaml"), *options)
    assert ran.code == 2
    assert "Error: " in ran.err or "has no turn s1:9" in ran.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("cat", {"a cat"}),
        ("pets", {"a cat", "a dog"}),
        ("pets and not fast", {"a dog"}),
        ("GOOD or bad", {"a cat", "a dog"}),
        ("not (cat or horse)", {"a dog"}),
        ('"a cat" and fast', {"a cat"}),
    ],
)
def test_choosing(two: Path, expression: str, names: set[str]) -> None:
    """-k goes by name, file and tags, joined by and, or, not and brackets."""
    ran = carrel("run", str(two), "-k", expression, "--json")
    assert {item["name"] for item in ran.data["scenarios"]} == names


def test_json_and_junit(two: Path, tmp_path: Path) -> None:
    """Both say the same of every run; the JSON has no other line beside it."""
    report = tmp_path / "reports" / "junit.xml"
    ran = carrel("run", str(two), "--json", "--junit", str(report))
    data = ran.data
    assert (data["runs"], data["passed"], data["failed"], data["errors"], data["skipped"]) == (2, 1, 1, 0, 1)
    assert data["pass_rate"] == 0.5
    (bad, good) = data["scenarios"]
    assert (good["outcome"], good["failed"], good["turns"]) == ("passed", [], 1)
    assert bad["failed"][0] | {"actual": ""} == {
        "kind": "core.human",
        "outcome": "failed",
        "expected": 'contains "dog"',
        "actual": "",
        "where": "s1:2",
        "line": 13,
    }
    root = ElementTree.parse(report).getroot()
    assert root.attrib == {"tests": "2", "failures": "1", "errors": "0"}
    cases = {case.get("name"): case.find("failure") for case in root.iter("testcase")}
    assert cases["a cat"] is None
    assert cases["a dog"] is not None
    assert 'expected  contains "dog"' in str(cases["a dog"].text)


@pytest.mark.slow
def test_repeat_and_jobs(two: Path) -> None:
    """Each repetition has ids of its own; the pass rate is printed; several processes come to the same."""
    ran = carrel("run", str(two), "--repeat", "2", "--jobs", "2")
    assert ran.code == 5
    assert "a cat: 2 of 2 runs passed (100 %)" in ran.out
    assert "a dog: 0 of 2 runs passed (0 %)" in ran.out
    assert ran.out.splitlines()[-1] == "2 of 4 passed, 2 failed, 2 expectations skipped."


@pytest.mark.slow
def test_homes_are_kept(two: Path, tmp_path: Path) -> None:
    """--keep leaves each home where the other commands look at it; the hint says how; a second run replaces it."""
    keep = tmp_path / "homes"
    ran = carrel("run", str(two), "--keep", str(keep))
    assert f"inspect   CARREL_HOME={keep}/bad carrel session show s1 -a default" in ran.out
    shown = carrel("session", "show", "s1", "--json", CARREL_HOME=str(keep / "bad"))
    assert [item["text"] for item in shown.data["messages"] if item["role"] == "user"] == ["I have a cat."] * 2
    assert carrel("run", str(two), "--keep", str(keep)).code == 5
    carrel("ask", "Mine.", CARREL_HOME=str(tmp_path / "mine" / "good"))
    refused = carrel("run", str(two / "good.scenario.yaml"), "--keep", str(tmp_path / "mine"))
    assert (refused.code, "exists and was not created by carrel run" in refused.err) == (2, True)


@pytest.mark.slow
def test_trajectory_is_the_same_every_time(two: Path, tmp_path: Path) -> None:
    """Two runs, in one process or in others, write the same bytes; the prompts stand in them."""
    for out in ("one", "two"):
        carrel("run", str(two), "--out", str(tmp_path / out), *(["-j", "2"] if out == "two" else []))
    for name in ("good", "bad"):
        first = (tmp_path / "one" / name / "trajectory.jsonl").read_bytes()
        assert first == (tmp_path / "two" / name / "trajectory.jsonl").read_bytes()
        assert b"You are a companion" in first


@pytest.mark.slow
def test_score_grades_again_without_running(two: Path, tmp_path: Path) -> None:
    """A saved run is graded by the file as it is now; where the file is gone, by what it said then."""
    out = tmp_path / "out"
    carrel("run", str(two), "--out", str(out))
    path = two / "bad.scenario.yaml"
    path.write_text(path.read_text().replace("dog", "CAT").replace("a CAT", "a dog"))
    ran = carrel("run", "--score", str(out), "--json")
    assert (ran.code, ran.data["passed"], ran.data["skipped"]) == (0, 2, 1)
    path.unlink()
    again = carrel("run", "--score", str(out))
    assert again.code == 5
    assert 'expected  contains "dog"' in again.out
    assert carrel("run", "--score", str(tmp_path / "empty")).code == 2
    write(path, scenario(DOG))
    assert carrel("run", "--score", str(out)).code == 2


def test_stop_and_talk_on(two: Path, tmp_path: Path) -> None:
    """--stop-at ends after a turn and grades what was played; --interactive goes on in the chat with that memory."""
    path = str(two / "bad.scenario.yaml")
    ran = carrel("run", path, "--stop-at", "s1:1")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 of 1 passed.")
    talked = carrel("run", path, "--stop-at", "s1:1", "--interactive", stdin="Do I have a cat?\n/memory\n")
    assert 'Yes. — you, today: "I have a cat."' in talked.out
    assert "4 messages in recall" in talked.err
    assert "Stopped on Monday 2026-01-05 09:00; the clock stands still." in talked.err
    before = carrel("run", path, "--stop-at", "s1:0", "--interactive", stdin="/memory\n")
    assert "0 messages in recall" in before.err


@pytest.mark.process
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_interrupted(tmp_path: Path, jobs: str) -> None:
    """Ctrl-C ends a run with what a shell shows as 130, prints nothing, and leaves nothing of its homes behind."""
    given = scenario({"user": "Number {{ i }}.", "repeat": 5000})
    paths = [str(write(tmp_path / f"{name}.scenario.yaml", given)) for name in ("one", "two")]
    temp = tmp_path / "temp"
    temp.mkdir()
    command = [sys.executable, "-m", "carrel", "run", "--jobs", jobs, *paths]
    running = subprocess.Popen(
        command, env=environment(TMPDIR=str(temp)), stderr=subprocess.PIPE, start_new_session=True
    )
    for _ in range(800):
        if len(list(temp.rglob("carrel.db"))) == int(jobs):
            break
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=40)
    assert err.decode() == ""
    assert running.returncode in SHOWN_AS_130
    assert list(temp.iterdir()) == []


def test_the_schema_is_printed() -> None:
    """--schema prints the JSON Schema that editors take."""
    assert json.loads(carrel("run", "--schema").out)["title"] == "A Carrel scenario"


def test_other_settings_do_not_reach_in(two: Path, home: Path) -> None:
    """Neither the environment nor the user's config changes what a scenario does."""
    good = str(two / "good.scenario.yaml")
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text("window = 3000\nmodel = 'gpt-9'\n")
    out: list[bytes] = []
    for more in ({}, {"CARREL_WINDOW": "2500", "CARREL_MODEL": "gpt-8", "CARREL_PAGE_IN": "false"}):
        folder = home / f"out{len(out)}"
        assert carrel("run", good, "--out", str(folder), **more).code == 0
        out.append((folder / "good" / "trajectory.jsonl").read_bytes())
    assert out[0] == out[1]


@pytest.mark.terminal
def test_progress_is_drawn_where_somebody_watches(two: Path) -> None:
    """At a terminal one line says which scenario and turn is played, and it is gone when the run ends."""
    import pexpect

    child = pexpect.spawn(
        sys.executable, ["-m", "carrel", "run", str(two)], env=environment(TERM="xterm"), encoding="utf-8", timeout=60
    )
    child.expect_exact("\r\x1b[K[1/2] a dog  s1:1")
    child.expect_exact("\r\x1b[KFAIL  a dog")
    child.expect_exact("[2/2] a cat  s1:1")
    child.expect_exact("1 of 2 passed, 1 failed, 1 expectations skipped.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5


@pytest.mark.process
def test_in_a_process_of_its_own(two: Path) -> None:
    """The program as a whole, in a pipe: no colour, no progress, the code of a failure."""
    ran = process("run", str(two))
    assert (ran.code, ran.err) == (5, "")
    assert "\x1b" not in ran.out


def _dataset(path: Path) -> Path:
    def said(n: int, who: str, text: str) -> dict[str, str]:
        return {"speaker": who, "dia_id": f"D{n}", "text": text}

    talk: dict[str, Any] = {
        "speaker_a": "Ann",
        "speaker_b": "Ben",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [said(1, "Ann", "I adopted a turtle named Speedy."), said(2, "Ben", "Nice!")],
        "session_2_date_time": "9:00 am on 1 June, 2023",
        "session_2": [said(3, "Ben", "I bought a red bicycle."), said(4, "Ann", "Where to?")],
    }
    talk["session_1"][0]["dia_id"], talk["session_2"][0]["dia_id"] = "D1:1", "D2:1"
    qa = [
        {"question": "What is Ann's turtle named?", "answer": "Speedy", "evidence": ["D1:1"], "category": 4},
        {"question": "What is Ann's turtle named?", "answer": "Speedy, Slow", "evidence": ["D1:1"], "category": 1},
        {"question": "Which colour is Ben's bicycle?", "answer": 7, "evidence": ["D2:1; D9:9"], "category": 3},
        {"question": "Who sold the zeppelin?", "adversarial_answer": "x", "evidence": [], "category": 5},
    ]
    path.write_text(json.dumps([{"sample_id": "conv-9", "conversation": talk, "qa": qa}]))
    return path


@pytest.mark.slow
def test_a_dataset_is_played_and_scored(tmp_path: Path) -> None:
    """Sessions keep their dates, questions leave no trace, figures come by kind; a second run asks nothing again."""
    path = _dataset(tmp_path / "tiny.json")
    out = tmp_path / "out"
    ran = carrel("run", "--format", "locomo", str(path), "--out", str(out), "--json")
    rows = {row["kind"]: row for row in ran.data["scores"]}
    assert (ran.code, ran.data["scenarios"][0]["turns"], rows["all"]["questions"]) == (0, 4, 4)
    assert (rows["single-hop"]["evidence"], rows["open-domain"]["evidence"]) == (100.0, 50.0)
    assert (rows["adversarial"]["answer"], rows["adversarial"]["evidence"]) == (100.0, None)
    assert 0 < rows["multi-hop"]["answer"] < rows["single-hop"]["answer"]
    records = [json.loads(line) for line in (out / "conv-9" / "trajectory.jsonl").read_text().splitlines()]
    dates = [record["at"] for record in records if record["type"] == "session"]
    assert dates == ["2023-05-08T13:56:00+00:00", "2023-06-01T09:00:00+00:00", "2023-06-02T09:00:00+00:00"]
    firsts = [str(r["asked"][0]["messages"][-1]) for r in records if r["type"] == "turn"]
    assert all("5 messages in recall" in first for first in firsts)
    before = (out / "conv-9" / "trajectory.jsonl").read_bytes()
    answers = out / "conv-9" / "answers.jsonl"
    kept = answers.read_text().splitlines()
    answers.write_text("\n".join(kept[:2]) + "\n" + kept[2][:50])
    again = carrel("run", "--format", "locomo", str(path), "--out", str(out))
    assert "4 turns, 0 passed, 2 from an earlier run" in again.out
    assert (out / "conv-9" / "trajectory.jsonl").read_bytes() == before
    table = [line.split() for line in again.out.splitlines()[1:-1]]
    assert table[0][:2] == ["kind", "questions"]
    assert [row[0] for row in table[1:]] == ["adversarial", "multi-hop", "open-domain", "single-hop", "all"]


@pytest.mark.slow
def test_beam(tmp_path: Path) -> None:
    """BEAM's chat and the questions beside it are a scenario too; a chat without questions is refused."""
    turn = [
        {"role": "user", "id": 0, "content": "I moved to Porto. ->-> 1,1", "time_anchor": "March-15-2024"},
        {"role": "assistant", "id": 1, "content": "How nice."},
    ]
    folder = tmp_path / "7"
    folder.mkdir()
    (folder / "chat.json").write_text(json.dumps([{"batch_number": 1, "turns": [turn]}]))
    assert carrel("run", "--format", "beam", str(folder)).code == 2
    ask = {"question": "Where did I move?", "answer": "Porto", "source_chat_ids": {"a": [0]}, "rubric": ["says Porto"]}
    (folder / "probing_questions.json").write_text(json.dumps({"information_extraction": [ask]}))
    ran = carrel("run", "--format", "beam", str(folder), "--json")
    assert ran.data["scores"][0]["evidence"] == 100.0
    assert ran.data["scenarios"][0]["name"] == "BEAM 7"
