"""A program that is killed in the middle of a turn loses nothing that was committed and repeats nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from carrel.agent.events import Answer
from carrel.bootstrap import Carrel
from carrel.memory.turns.calls import NOT_EXECUTED, UNKNOWN
from carrel.memory.upkeep.check import check
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import ScriptedModel, say
from tests.testing.faulty import posting

pytestmark = pytest.mark.process

CHILD = """
import sys, time
from pathlib import Path
from carrel.bootstrap import Carrel
from carrel.models.chat.scripted import call, calls, say
from carrel.protocols import Reply, TextPiece
from carrel.tools.tool import tool

home, where, log = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])

def block():
    print("blocked", flush=True)
    time.sleep(600)

@tool
def post(text: str) -> str:
    "Post."
    with log.open("a") as file:
        file.write(text + chr(10))
    if where == "tool":
        block()
    return "Posted."

class Model:
    name = "child"
    asked = 0

    def stream(self, request):
        self.asked += 1
        if self.asked == 1:
            yield Reply(say("Hello."))
        elif self.asked == 2:
            made = calls(call("archival_insert", text="Stored once."), call("post", text="posted"),
                         call("archival_insert", text="Stored last."))
            numbered = tuple(type(c)(f"call_{n}", c.name, c.arguments) for n, c in enumerate(made.calls))
            yield Reply(type(made)("", numbered), None, "tool_calls")
        else:
            yield TextPiece("I was just")
            block()

with Carrel.open(home, Model(), "none", tools=(post,)) as carrel:
    chat = carrel.agent("ada").session()
    chat.send("First")
    chat.send("Second")
"""

CASES = [
    ("reply", ["Stored once.", "Stored last."], ["Stored as p-", "Posted.", "Stored as p-"]),
    ("tool", ["Stored once."], ["Stored as p-", UNKNOWN, NOT_EXECUTED]),
]


def killed(home: Path, where: str, log: Path) -> None:
    """Run the child until it blocks, and kill it."""
    command = [sys.executable, "-c", CHILD, str(home), where, str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == "blocked\n"
        finally:
            child.kill()
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("where", "passages", "results"), CASES)
def test_a_killed_turn_is_closed_and_not_repeated(
    home: Path, tmp_path: Path, where: str, passages: list[str], results: list[str]
) -> None:
    """After kill -9 in a reply or a tool all that was committed is there, each call is answered and none runs again."""
    log = tmp_path / "log"
    killed(home, where, log)
    model = ScriptedModel([say("Here again.")])
    with Carrel.open(home, model, "none") as carrel:
        ada = carrel.agent("ada", make=False)
        answer = ada.session("last").send("Third")
        assert answer.text == "Here again."
        messages = ada.recall.latest(99)
        users = [message.text for message in messages if message.role == "user"]
        assert users == ["First", "Second", "Third"]
        told = [message.text for message in messages if message.tool]
        assert [text.startswith(start) for text, start in zip(told, results, strict=True)] == [True] * 3
        assert [passage.text for passage in ada.archival.latest(9)] == passages
        assert [turn.state for turn in ada.memory.turns.all()] == ["complete", "interrupted", "complete"]
        assert ada.memory.turns.recover() == []
    assert log.read_text() == "posted\n"
    _, *sent = model.requests[0].messages
    assert [message.role for message in sent] == "user assistant user assistant tool tool tool user".split()
    asked = sent[3]
    assert isinstance(asked, AssistantMessage)
    assert [made.id for made in asked.calls] == [getattr(message, "call_id", "") for message in sent[4:7]]


@pytest.mark.parametrize(("where", "passages", "results"), CASES)
def test_a_killed_turn_goes_on(home: Path, tmp_path: Path, where: str, passages: list[str], results: list[str]) -> None:
    """After the same kill the turn may be resumed: what was not begun is executed, once, and the model replies."""
    log = tmp_path / "log"
    killed(home, where, log)
    model = ScriptedModel([say("Done at last.")])
    with Carrel.open(home, model, "none", tools=(posting([]),)) as carrel:
        ada = carrel.agent("ada", make=False)
        *_, answer = ada.session(ada.interrupted_session).resume()
        assert isinstance(answer, Answer)
        assert (answer.text, answer.steps) == ("Done at last.", 2)
        told = [message.text for message in ada.recall.latest(99) if message.tool]
        expected = [*results[:2], "Stored as p-"]
        assert [text.startswith(start) for text, start in zip(told, expected, strict=True)] == [True] * 3
        assert [passage.text for passage in ada.archival.latest(9)] == ["Stored once.", "Stored last."]
        assert check(carrel.store).problems == []
    assert log.read_text() == "posted\n"
    users = [message for message in model.requests[0].messages if message.role == "user"]
    assert users[-1].text.startswith("Second")
