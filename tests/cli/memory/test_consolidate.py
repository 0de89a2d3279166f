"""`carrel memory consolidate`: one at a time, each portion reported."""

import json
from pathlib import Path

import pytest

from carrel.models.chat.scripted import ScriptedAnswer, call, say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, process


@pytest.mark.network
def test_consolidation_prints_what_it_did(home: Path) -> None:
    """Each portion is one line; programs get every call; an agent that does not exist has nothing to review."""
    assert carrel("memory", "consolidate").code == 4
    carrel("ask", "My dog is called Rex.")
    with FakeServer([call("archival_insert", text="Rex is a dog."), say("Done."), say("Done.")]) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "scripted"}
        ran = carrel("memory", "consolidate", **settings)
        assert ran.out == "2 messages reviewed: 1 × archival_insert\nAll that was said has been reviewed.\n"
        assert carrel("memory", "consolidate", "--json", **settings).data == {"portions": [], "left": 0}


def test_an_import_is_consolidated_without_a_language_model(home: Path, tmp_path: Path) -> None:
    """The newest of what the user told holds, what it supersedes stays in history, and another run changes nothing."""
    lines = [
        {"role": "user", "text": "I moved to Bonn.", "at": "2024-03-01T10:00:00+00:00"},
        {"role": "assistant", "text": "I live in Rome.", "at": "2024-03-01T10:00:01+00:00"},
        {"role": "user", "text": "I moved to Paris.", "at": "2025-05-01T10:00:00+00:00"},
    ]
    file = tmp_path / "talk.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    assert carrel("import", str(file)).code == 0
    ran = carrel("memory", "consolidate")
    done = "3 messages reviewed: 1 × archival_insert, 1 × archival_update\nAll that was said has been reviewed.\n"
    assert (ran.code, ran.out) == (0, done)
    assert carrel("memory", "consolidate", "--json").data == {"portions": [], "left": 0}
    (row,) = carrel("memory", "ls", "--tier", "archival", "--json").data
    assert row["text"] == "I moved to Paris."
    hits = carrel("memory", "search", "moved", "--tier", "archival", "--json").data["hits"]
    assert [(hit["text"], hit.get("state", "live")) for hit in hits] == [
        ("I moved to Paris.", "live"),
        ("I moved to Bonn.", "superseded"),
    ]


@pytest.mark.process
def test_a_second_consolidation_is_refused(home: Path) -> None:
    """While one runs, another program is told so at once, and only the first has edited."""
    carrel("ask", "My dog is called Rex.")
    refused = []

    def answer(request: Request) -> ScriptedAnswer:
        if len(request.messages) > 2:
            return say("Done.")
        refused.append(process("memory", "consolidate", **settings))
        return call("archival_insert", text="Rex is a dog.")

    with FakeServer(answer) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "scripted"}
        assert carrel("memory", "consolidate", **settings).out.startswith("2 messages reviewed: 1 × archival_insert")
    assert [ran.code for ran in refused] == [75]
    assert "Agent 'default' is being consolidated elsewhere. Try again when that has ended." in refused[0].err
    assert [row["text"] for row in carrel("memory", "ls", "--tier", "archival", "--json").data] == ["Rex is a dog."]
