"""The highest rung is found that a model and its server really obey, whatever the server refuses or ignores."""

import pytest

from carrel.agent.ladder.probe import Finding, find_rung
from carrel.agent.ladder.rungs import RUNGS, Rung
from carrel.errors import ModelFailed, NotAuthorised
from carrel.messages import Usage
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.protocols import ChatModel, Reply
from carrel.testing.fake_server import FakeServer
from carrel.testing.refusals import Lack
from tests.learning import connect


def found(model: ChatModel, start: Rung = "native") -> Finding:
    """Return what is found, however many attempts are repeated."""
    steps = find_rung(model, start)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            finding: Finding = done.value
            return finding


@pytest.mark.network
@pytest.mark.parametrize("obeys", RUNGS)
def test_each_rung_is_found(obeys: Rung) -> None:
    """By one request for each rung from the top, of a few hundred tokens in all."""
    with FakeServer([], obeys=obeys) as server:
        model, learned = connect(server)
        with model:
            finding = found(model)
    assert (finding.rung, finding.requests) == (obeys, min(3, RUNGS.index(obeys) + 1))
    assert (len(server.probes), server.requests) == (finding.requests, [])
    assert 0 < finding.usage.prompt + finding.usage.completion < 700
    assert not any("contract" in facts for facts in learned)


@pytest.mark.network
@pytest.mark.parametrize(
    ("obeys", "lacks", "rung"),
    [
        ("native", ["tools"], "none"),
        ("action", ["tools"], "action"),
        ("action", ["response_format"], "none"),
        ("text", ["tools", "response_format"], "text"),
        ("action", ["stream", "stream_options"], "action"),
    ],
)
def test_what_a_server_refuses_is_not_used(obeys: Rung, lacks: list[Lack], rung: Rung) -> None:
    """A refusal is a lesson, and the next rung is tried."""
    with FakeServer([], obeys=obeys, lacks=lacks) as server:
        model, _ = connect(server)
        with model:
            assert found(model).rung == rung


@pytest.mark.network
def test_no_rung_is_tried_that_is_known_not_to_hold() -> None:
    """Where the user has said that there are no tools, and below where a search begins."""
    with FakeServer([], obeys="action") as server:
        model, _ = connect(server, tools=False)
        with model:
            assert found(model).requests == 1
            assert found(model, "text").rung == "none"


def test_errors_that_say_nothing_of_the_model_are_raised() -> None:
    """A server that fails with a probe is like one that refuses it; one that does not let us in tells nothing."""
    failing = ScriptedModel([ModelFailed("No.", ""), ModelFailed("No.", ""), Reply(say("Hi"), Usage(3, 4))])
    assert (found(failing).rung, found(ScriptedModel(lambda request: say("Hi"))).usage.calls) == ("none", 3)
    with pytest.raises(NotAuthorised):
        found(ScriptedModel([NotAuthorised("No.", "")]))


def test_a_call_of_another_word_is_no_proof() -> None:
    """The call has to be the one that was asked for."""
    wrong = call("note_word", word="banana")
    assert found(ScriptedModel(lambda request: wrong)).rung == "none"
    assert found(ScriptedModel(lambda request: call("note_word", word="teapot"))).rung == "native"
