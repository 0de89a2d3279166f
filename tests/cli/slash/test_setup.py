"""/model, /tools and /doctor."""

from pathlib import Path

import pytest

from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, stored_messages


@pytest.mark.network
def test_another_model_goes_on_with_the_session(home: Path) -> None:
    """/model NAME@URL answers from then on, in the same session; what cannot be used is refused at once."""
    with FakeServer([say("I am a model.")]) as server:
        lines = ["Hello", "/model nobody", f"/model other@{server.url}", "Who are you?", "/model offline", "Bye"]
        ran = carrel("chat", stdin="\n".join(lines), CARREL_CONTRACT="native")
        asked = [message["content"].partition("\n")[0] for message in server.requests[0]["messages"][1:]]
    assert ran.out.splitlines()[1] == "I am a model."
    assert asked[0] == "Hello"
    assert asked[-1] == "Who are you?"
    assert ran.err.startswith("Error: Model 'nobody' has no server and no key.")
    assert len(carrel("session", "ls", "--json").data) == 1
    assert len(stored_messages(home)) == 6


def test_a_private_session_keeps_its_model() -> None:
    """It would be lost with the change."""
    assert "A private session keeps its model." in carrel("chat", "--private", stdin="/model offline\n").err


@pytest.mark.network
def test_the_models_are_shown() -> None:
    """The one in use, and how another one is chosen."""
    lines = carrel("chat", stdin="/model\n").err.splitlines()
    assert lines[0] == "offline"
    assert lines[-1] == "Type /model NAME@URL to use another one, or /model offline."


def test_tools_and_checks() -> None:
    """Each tool with a sentence, and whether it asks; each check with its sign."""
    err = carrel("chat", stdin="/tools\n/doctor\n").err
    assert "  archival_insert: Store a fact for later.\n" in err
    assert err.count("  (asks you first)\n") == 1
    assert "✓ home: " in err
