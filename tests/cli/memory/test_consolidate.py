"""`carrel memory consolidate`: one at a time, each portion reported."""

from pathlib import Path

import pytest

from carrel.models.chat.scripted import ScriptedAnswer, call, say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, process


@pytest.mark.network
def test_consolidation_prints_what_it_did(home: Path) -> None:
    """Each portion is one line; programs get every call; without a language model there is nothing to run."""
    assert carrel("memory", "consolidate").code == 4
    carrel("ask", "My dog is called Rex.")
    refused = carrel("memory", "consolidate")
    assert refused.code == 3
    assert "needs a language model" in refused.err
    with FakeServer([call("archival_insert", text="Rex is a dog."), say("Done."), say("Done.")]) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "scripted"}
        ran = carrel("memory", "consolidate", **settings)
        assert ran.out == "2 messages reviewed: 1 × archival_insert\nAll that was said has been reviewed.\n"
        assert carrel("memory", "consolidate", "--json", **settings).data == {"portions": [], "left": 0}


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
