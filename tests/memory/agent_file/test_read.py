"""Whatever is wrong with a file, it is refused with the number of the line, and nothing is imported."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.memory.agent_file.load import import_agent, plan_import
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.store import Store

Record = dict[str, Any]
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202eevil\x00 ../../etc/passwd '; DROP TABLE agents; --"


def read(path: Path) -> list[Record]:
    """Return the records of a file without the last."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:-1]


def write(path: Path, records: Sequence[Record]) -> Path:
    """Write records with a right last line."""
    body = "".join(json.dumps(record) + "\n" for record in records)
    end = {"kind": "end", "lines": len(records), "sha256": hashlib.sha256(body.encode()).hexdigest()}
    path.write_text(body + json.dumps(end) + "\n", encoding="utf-8")
    return path


def first(records: Sequence[Record], kind: str) -> Record:
    """Return the first record of a kind."""
    return next(record for record in records if record["kind"] == kind)


def refusal(path: Path) -> str:
    """Return why a file is refused, without its path."""
    with pytest.raises(BadFile) as raised:
        AgentFile(path).check()
    assert raised.value.hint.endswith("Nothing was imported.")
    return raised.value.message.removeprefix(f"'{path}'").removeprefix(", ")


def test_summary(exported: Path) -> None:
    """A good file is summed up by its kinds of lines."""
    summary = AgentFile(exported).check()
    records = read(exported)
    assert summary.name == "ada"
    assert summary.counts == {
        kind: sum(record["kind"] == kind for record in records) for kind in {record["kind"] for record in records}
    }
    assert summary.ids["session"] == tuple(record["id"] for record in records if record["kind"] == "session")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9, 0.999])
def test_cut(exported: Path, share: float) -> None:
    """A file that was cut anywhere is refused."""
    whole = exported.read_bytes()
    exported.write_bytes(whole[: int(len(whole) * share)])
    assert "cut" in refusal(exported)


def test_cut_between_lines(exported: Path) -> None:
    """A file whose last line is missing is refused too."""
    lines = exported.read_bytes().splitlines(keepends=True)
    exported.write_bytes(b"".join(lines[:-1]))
    assert refusal(exported) == " is cut: its last line is missing."


@pytest.mark.parametrize("found", [b"Milan", b"Rome", b"ada"])
def test_wrong_checksum(exported: Path, found: bytes) -> None:
    """A file in which a letter was changed is refused."""
    exported.write_bytes(exported.read_bytes().replace(found, b"X" * len(found)))
    assert "checksum is wrong" in refusal(exported) or "hash is not that of the body" in refusal(exported)


def edit(records: list[Record], tier: str, ref: str, columns: Record) -> None:
    """Let an event change columns of something."""
    first(records, "event").update(tier=tier, ref=ref, columns_before=columns, columns_after={})


CASES: dict[str, tuple[Callable[[list[Record]], object], str]] = {
    "newer version": (
        lambda records: records[0].update(schema="carrel/agent@2"),
        "line 1: its schema is carrel/agent@2, and this Carrel knows carrel/agent@1: install a newer one.",
    ),
    "another file": (
        lambda records: records[0].update(schema="carrel/cassette@1"),
        "line 1: the file does not begin with an agent of carrel/agent@1.",
    ),
    "two agents": (lambda records: records.insert(3, dict(records[0])), "line 4: there is a second agent."),
    "unknown kind": (lambda records: records.insert(1, {"kind": "spell"}), "line 2: kind 'spell' is unknown."),
    "kind is a list": (lambda records: records.insert(1, {"kind": ["a"]}), "line 2: kind ['a'] is unknown."),
    "no kind": (lambda records: records.insert(1, {}), "line 2: kind None is unknown."),
    "unknown field": (
        lambda records: first(records, "session").update(rank=1),
        "line 5: field 'rank' is unknown.",
    ),
    "out of place": (
        lambda records: records.append(first(records, "session")),
        ": a line of kind 'session' is out of place.",
    ),
    "no name": (lambda records: records[0].pop("name"), "line 1: field 'name' is missing."),
    "bad id": (
        lambda records: first(records, "session").update(id="../../etc"),
        "line 5: field 'id' is not an id.",
    ),
    "bad time": (
        lambda records: first(records, "session").update(started_at="yesterday"),
        "line 5: field 'started_at' is not a time in ISO 8601 with an offset.",
    ),
    "no offset": (
        lambda records: first(records, "session").update(started_at="2026-01-01T00:00:00"),
        "line 5: field 'started_at' is not a time in ISO 8601 with an offset.",
    ),
    "bad role": (
        lambda records: first(records, "message").update(role="root"),
        ": field 'role' is not one of system, user, assistant, tool.",
    ),
    "negative position": (
        lambda records: first(records, "message").update(position=-1),
        ": field 'position' is not a whole number from 0 to 9007199254740992.",
    ),
    "text is a number": (
        lambda records: first(records, "message").update(text=7),
        ": field 'text' is not a text.",
    ),
    "endless score": (
        lambda records: first(records, "search")["hits"][0].update(score=float("inf")),
        ": it contains Infinity.",
    ),
    "bad calls": (
        lambda records: first(records, "message").update(calls=[{"id": 1}]),
        ": field 'calls' is not a list of calls in the format of Chat Completions.",
    ),
    "unknown session": (
        lambda records: first(records, "message").update(session="s-000000000000"),
        ": session 's-000000000000' does not occur before it.",
    ),
    "unknown turn": (
        lambda records: first(records, "step").update(turn="t-000000000000"),
        ": turn 't-000000000000' does not occur before it.",
    ),
    "same id twice": (
        lambda records: records.insert(6, first(records, "session") | {"name": "other"}),
        ": there is another session with id ",
    ),
    "same name twice": (
        lambda records: records.insert(6, first(records, "session") | {"id": "s-000000000000"}),
        ": there is another session with name ",
    ),
    "two blocks of a label": (
        lambda records: records.insert(2, first(records, "block")),
        "line 3: there is another block with label 'persona'.",
    ),
    "block too long": (
        lambda records: first(records, "block").update(value="x" * 61),
        "line 2: block 'persona' is longer than its limit.",
    ),
    "label of two lines": (
        lambda records: first(records, "block").update(label="a\n[core memory"),
        "line 2: field 'label' is not one line of up to 64 characters.",
    ),
    "part with another body": (
        lambda records: first(records, "part").update(body="{}"),
        ": the hash is not that of the body.",
    ),
    "column of an owner": (
        lambda records: edit(records, "core", "human", {"agent_id": 2}),
        ": 'agent_id' in field 'columns_before' is not a column that changes, or has a wrong value.",
    ),
    "column with a wrong value": (
        lambda records: edit(records, "core", "human", {"value": 7}),
        ": 'value' in field 'columns_before' is not a column that changes, or has a wrong value.",
    ),
    "queue of another session": (
        lambda records: edit(records, "queue", "s-000000000000", {"queued": [1]}),
        ": session 's-000000000000' does not occur before it.",
    ),
    "message of another agent": (
        lambda records: edit(records, "queue", first(records, "session")["id"], {"queued": [999]}),
        ": a message of its queue does not occur before it.",
    ),
    "queue of words": (
        lambda records: edit(records, "queue", first(records, "session")["id"], {"queued": ["a"]}),
        ": field 'columns_before' is not a list of messages.",
    ),
    "summary of another agent": (
        lambda records: edit(records, "summary", "2", {"text": "mine"}),
        ": summary '2' does not occur before it.",
    ),
    "missing part": (
        lambda records: first(records, "step")["window"].append("0" * 32),
        ": a part of its window does not occur before it.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_record(exported: Path, case: str) -> None:
    """A record that is wrong is named by line, although the checksum is right."""
    change, said = CASES[case]
    records = read(exported)
    change(records)
    assert said in refusal(write(exported, records))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1]\n", "line 1: it is not an object."),
        (b"\xff\xfe\n", "line 1: it is not UTF-8."),
        (b"{\n", "line 1: it is not JSON"),
        (b"[" * 100_000 + b"\n", "line 1: it is nested too deeply."),
        (b"{}", "line 1: it is cut."),
        (b'{"kind": ' + b"9" * 5000 + b"}\n", "line 1: "),
    ],
)
def test_bad_line(tmp_path: Path, line: bytes, said: str) -> None:
    """A line that is no JSON is refused in a sentence."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(line)
    assert refusal(path).startswith(said)


def test_missing(tmp_path: Path) -> None:
    """A file that does not exist, or is a directory, is refused."""
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(BadFile, match="cannot be read"):
            AgentFile(path).check()


def test_hostile_texts(exported: Path, elsewhere: Store) -> None:
    """Hostile text in every field that takes any text does no harm: it is cleaned, stored as text, and found."""
    records = read(exported)
    for kind in ("block", "session", "turn", "message", "summary", "passage", "event", "search"):
        for name in ("description", "name", "model", "error", "text", "source", "document", "query", "reason"):
            record = first(records, kind)
            if isinstance(record.get(name), str):
                record[name] = HOSTILE
    first(records, "message").update(speaker=HOSTILE, source=HOSTILE)
    first(records, "passage")["tags"] = [HOSTILE]
    file = AgentFile(write(exported, records))
    plan = plan_import(elsewhere, file)
    import_agent(elsewhere, file, plan)
    memory = elsewhere.memory("ada")
    clean = HOSTILE.replace("\x1b", "").replace("\x00", "")
    assert memory.recall.search("DROP TABLE", mode="words").hits[0].text == clean
    assert clean in [info.name for info in memory.sessions.all()]
    assert (clean,) in [passage.tags for passage in memory.archival.latest(99)]
