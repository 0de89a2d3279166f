"""docs/faults.md is true: every row of its table, with the true SDK over HTTP."""

import re
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from carrel.agent.limits import MAX_REFUSED_CALLS, MAX_SAME_CALLS
from carrel.bootstrap import Carrel
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.failures import failure
from carrel.models.chat.server.transport import stream_guard
from carrel.testing.catalog import FAULTS, fault
from carrel.testing.fake_server import FakeServer, Fault
from carrel.testing.fault import problem
from carrel.testing.refusals import LACKS, REFUSALS, Lack, refusal
from carrel.testing.wire import delta
from carrel.tools.tool import tool
from tests.testing.faulty import REFUSED, WELL, Turn, always, listen, once, run_turn
from tests.testing.wordings import NO_SCHEMAS, OVERFLOWS

pytestmark = pytest.mark.network


@tool
def ping() -> str:
    """Say pong."""
    return "pong"


@tool
def count(by: dict[str, int]) -> int:
    """Count."""
    return sum(by.values())


PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    fault: str
    server: str
    carrel: str
    way: str
    once: str
    asked: int
    executed: int
    exit: int
    read: str


def rows() -> list[Row]:
    """Return the rows of the table."""
    lines = PAGE.partition("## The table")[2].partition("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")][1:]
    return [
        Row(name, server, carrel, way, once, int(asked), int(executed), int(code), read.rstrip(" |"))
        for name, server, carrel, way, once, asked, executed, code, read in cells
    ]


ROWS = {row.fault: row for row in rows()}


def test_the_table_has_every_fault_once() -> None:
    """Nothing that the fault server can do goes without a word, and nothing is promised that it cannot do."""
    assert sorted(row.fault for row in rows()) == sorted([*FAULTS, REFUSED])


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has just been made."""
    place = tmp_path_factory.mktemp("blank") / "home"
    Carrel.open(place, "offline", "none").close()
    return place


@pytest.fixture
def home(blank: Path, tmp_path: Path) -> Path:
    """A copy of it: making one takes longer than a turn."""
    return Path(copytree(blank, tmp_path / "home"))


@pytest.mark.parametrize("name", ROWS)
def test_a_fault_that_happens_once(home: Path, name: str) -> None:
    """The turn ends as the row says, in the way that it says, and what the user said is on disk."""
    row = ROWS[name]
    turn = once(home, name)
    assert (turn.error is None) == (row.once == "reply"), turn.said
    assert turn.said
    assert (len(turn.retries) > 0) == (row.way == "retried")
    assert turn.asked <= 2
    assert "Are you there?" in _kept(home)
    if row.way == "answered":
        assert turn.refused or "Note: " in turn.requests[1]["messages"][-1]["content"]
    if row.way == "repaired":
        assert turn.refused == []
        assert turn.answer is not None
        assert turn.answer.finish == "stop"


@pytest.mark.parametrize("name", ROWS)
def test_a_fault_that_never_stops(home: Path, name: str) -> None:
    """The turn ends after as many requests and executions as the row says, with its exit code and its words.

    The next turn works, sees the message that failed, and sends no call without its result.
    """
    row = ROWS[name]
    turn = always(home, name)
    assert (turn.asked, len(turn.posted), turn.exit_code) == (row.asked, row.executed, row.exit), turn.said
    assert row.read in turn.said
    assert turn.error is None or turn.error.hint
    assert all(wait <= 1.0 for wait in turn.waits)
    after = run_turn(home, [say(WELL)])
    assert after.said == WELL
    sent = after.requests[0]["messages"]
    assert "Are you there?" in "".join(message["content"] or "" for message in sent)
    made = [call["id"] for message in sent for call in message.get("tool_calls", ())]
    assert made == [message["tool_call_id"] for message in sent if message["role"] == "tool"]


OF_STREAMS = {"slow", "no-done", "late-usage", "whole-body", "invalid-utf8", "filter-results-first"}


@pytest.mark.parametrize(
    "name", [row.fault for row in rows() if row.way in {"repaired", "answered"} and row.fault not in OF_STREAMS]
)
def test_a_reply_that_comes_whole(home: Path, name: str) -> None:
    """Where a server does not stream, what is odd in its replies is dealt with all the same."""
    turn = once(home, name, Capabilities(streaming=False))
    assert not any(request["stream"] for request in turn.requests)
    assert (turn.error, turn.retries) == (None, [])
    assert ROWS[name].read in turn.said or turn.said == WELL
    assert bool(turn.refused) <= (ROWS[name].way == "answered")
    assert bool(turn.posted) == (ROWS[name].executed > 0)


CHAT_ALONE = {"chat-refused", "no-finish", "other-events", "whole-body", "invalid-utf8"}
"""What is odd only where a reply is not one of events."""


def shapes(name: str) -> str:
    """Return what a fault streams, or nothing."""
    made = fault(name) if name != REFUSED else None
    return str(made.chunks or "") if isinstance(made, Fault) else ""


OF_BOTH = [
    row.fault
    for row in rows()
    if row.fault not in CHAT_ALONE
    and "tool_calls" not in shapes(row.fault)
    and "function_call" not in shapes(row.fault)
]
"""The faults that do not consist of the shape of calls in Chat Completions."""


@pytest.mark.parametrize("name", OF_BOTH)
def test_the_responses_api_fails_in_the_same_way(home: Path, name: str) -> None:
    """A fault has the same outcome by either API: the row's ending, its retries, its words and its exit code."""
    row = ROWS[name]
    turn = once(home, name, Capabilities(api="responses"))
    assert (turn.error is None) == (row.once == "reply"), turn.said
    assert (len(turn.retries) > 0) == (row.way == "retried")
    assert turn.asked <= 2
    assert turn.exit_code == (0 if row.once == "reply" else row.exit)
    assert turn.error is None or row.read in turn.said


@pytest.fixture(scope="module")
def filled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose queue is long."""
    place = Path(copytree(blank, tmp_path_factory.mktemp("filled") / "home"))
    run_turn(place, [say(WELL)], before=6)
    return place


@pytest.mark.parametrize("words", OVERFLOWS)
def test_every_wording_of_an_overflow_is_known(filled: Path, tmp_path: Path, words: str) -> None:
    """Whatever a server says when the context is too long, it is made shorter and sent again."""
    place = Path(copytree(filled, tmp_path / "place"))
    turn = run_turn(place, [fault("overflow", words=f"Oh no: {words}!"), say(WELL)])
    assert (turn.said, turn.asked) == (WELL, 2)
    sizes = [len(str(request["messages"])) for request in turn.requests]
    assert sizes[1] < 0.85 * sizes[0]


def test_a_smaller_window_is_kept_for_the_next_turn(home: Path) -> None:
    """A server whose window is half of ours is asked too much once, and never again."""
    turn = Turn()
    with FakeServer(lambda request: WELL, window=3500) as server:
        listen(turn, home, server.url, *["The kettle sings in the kitchen. " * 60] * 12, timeout=5)
        assert turn.error is None
        refusals = len(server.requests) - 12 - sum("Old summary" in str(request) for request in server.requests)
    assert refusals == 1


LEARNT = [line.split(" | ") for line in PAGE.partition("## What is learnt")[2].splitlines() if line.startswith("| ")][
    1:
]


def test_every_lack_that_the_agent_meets_is_learnt() -> None:
    """The page has all that a server may lack, but for what only probes and other contracts ask for."""
    assert {row[0].strip("| ") for row in LEARNT} == set(LACKS) - {"tool_choice", "response_format", "temperature"}


@pytest.mark.parametrize(("lack", "words"), [(row[0].strip("| "), row[1]) for row in LEARNT])
def test_what_a_server_lacks_costs_one_request_once(home: Path, lack: Lack, words: str) -> None:
    """The turn is answered after one refusal, and the next turn meets none; a program that starts anew knows it too."""
    call_with_fields = {
        "index": 0,
        "id": "a",
        "function": {"name": "ping", "arguments": "{}"},
        "extra_content": {"s": 1},
    }
    said = {"content": "Let me see.", "reasoning_content": "Hm.", "tool_calls": [call_with_fields]}
    signed = Fault(200, chunks=[delta(said, "tool_calls")])
    with Carrel.open(home, ScriptedModel([call("ping"), say(WELL)]), "none", tools=(ping, count)) as carrel:
        carrel.agent("ada").session().send("Hello.")
    first = say(WELL) if lack == "tools" else signed
    with FakeServer([first, *[say(WELL)] * 3], lacks=[lack]) as server:
        for _ in range(2):
            flags = {"base_url": server.url, "model": "any"}
            with Carrel.open(home, embedder="none", flags=flags, tools=(ping, count)) as carrel:
                assert carrel.agent("ada").session("last").send("Are you there?").text == WELL
        refused = [sent for sent in (*server.probes, *server.requests) if refusal(sent, [lack], None)]
    assert words in " ".join(REFUSALS[lack][1].split())
    assert len(refused) == 1


def test_the_rules_are_the_constants() -> None:
    """The numbers of the page are those of the code."""
    rules = " ".join(PAGE.partition("## The rules")[2].partition("## The table")[0].split())
    assert f"at most {failure.RETRIES} more times, after ½ s and 1 s" in rules
    assert f"up to {failure.MAX_WAIT:.0f} s. No attempt begins later than {failure.RETRY_SECONDS:.0f} s" in rules
    assert "four times as long" in rules
    assert stream_guard.KEEP_ALIVE_TIMEOUTS == 4
    assert (MAX_SAME_CALLS, MAX_SAME_CALLS + MAX_REFUSED_CALLS) == (3, 5)
    assert re.search(r"`timeout` \(90 s\)", rules)


def _kept(home: Path) -> list[str]:
    with Carrel.open(home, "offline", "none") as carrel:
        return [message.text for message in carrel.agent("ada").recall.latest(99)]


@pytest.mark.parametrize("words", NO_SCHEMAS)
def test_every_wording_of_a_refused_schema_is_known(home: Path, words: str) -> None:
    """Whatever a server says that takes no schema, it is asked without, and the answer in free text is taken."""
    turn = run_turn(home, [Fault(400, problem(words)), say(WELL)], obeys="action")
    assert (turn.said, turn.asked) == (WELL, 2)
    assert ["response_format" in request for request in turn.requests] == [True, False]
