"""/context, /summary, /compact and /cost."""

import pytest

from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel


def test_what_a_request_takes() -> None:
    """A bar, each part with its share, and the sum; before the first message there is nothing to show."""
    lines = carrel("chat", stdin="/context\nHello\n/context\n").err.splitlines()
    assert lines[0] == "Error: This session has no message yet. Say something first."
    assert lines[1].startswith("[█")
    assert any(line.startswith("tools\t") and line.endswith("%") for line in lines)
    assert lines[-1].endswith(" tokens were sent; the window has 8000.")


def test_compact_makes_a_summary() -> None:
    """All but the last exchange leaves main context; what was said stays in memory and the chat goes on."""
    lines = ["/summary", "My name is Ada.", "/compact", "I like tea.", "/summary", "/compact", "/summary", "/compact"]
    ran = carrel("chat", stdin="\n".join([*lines, "What is my name?"]))
    assert ran.out == 'Noted.\nNoted.\nAda. — you, today: "My name is Ada."\n'
    none = "There is no summary yet: all that was said is in main context."
    told = ran.err.splitlines()
    assert told[:3] == [
        "Error: This session has no message yet. Say something first.",
        "There is nothing to compact: main context has one exchange only.",
        none,
    ]
    assert told[3].endswith(" became a summary (/summary shows it). They stay in memory.")
    assert "My name is Ada." in told[4]
    assert told[-1] == "There is nothing to compact: main context has one exchange only."


@pytest.mark.network
def test_cost() -> None:
    """Requests and tokens of the session, and its limit where one is set."""
    ran = carrel("chat", stdin="Hello\n/cost\n", CARREL_MAX_SESSION_TOKENS="50000")
    first, second = ran.err.splitlines()
    assert first.startswith("This session: 1 request, ")
    assert second == "It may take 50000 (max_session_tokens)."
    with FakeServer([say("Hi.")]) as server:
        variables = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any", "CARREL_CONTRACT": "native"}
        assert "1 request, " in carrel("chat", stdin="Hello\n/cost\n", **variables).err
