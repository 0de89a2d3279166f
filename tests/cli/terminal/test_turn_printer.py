"""A turn is printed as it happens, and each text once."""

import pytest

from carrel.models.chat.scripted import call, calls, say
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel


@pytest.mark.network
def test_a_pipe_gets_only_what_stays() -> None:
    """Text of a stream that broke is not printed; that the model was asked again is said on standard error."""
    with FakeServer([fault("reset-midstream"), say("Whole.")]) as server:
        ran = carrel("chat", stdin="Hello\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert (ran.code, ran.out) == (0, "Whole.\n")
    assert ran.err.startswith("(The reply of model 'any' broke off: ")
    assert ran.err.endswith("Asking again.)\n")


@pytest.mark.network
def test_what_is_said_before_a_call_and_after_stand_on_lines_of_their_own() -> None:
    """Text of two steps of one turn is not run together."""
    script = [
        calls(say("Let me write that down."), call("core_memory_append", label="human", content="x")),
        say("Done."),
    ]
    with FakeServer(script) as server:
        ran = carrel("chat", stdin="Remember x.\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert ran.out == "Let me write that down.\nDone.\n"


@pytest.mark.network
def test_what_was_sent_is_printed_once() -> None:
    """Under the paper's contract a call may follow what is said to the user: the answer is not printed again."""
    sent = call("send_message", message="Noted, Ada.")
    with FakeServer([calls(sent, call("core_memory_append", label="human", content="Ada"))]) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any", "CARREL_CONTRACT": "memgpt"}
        ran = carrel("chat", "--plain", stdin="I am Ada.\n", **settings)
    assert (ran.code, ran.out.count("Noted, Ada.")) == (0, 1)
