"""MCP servers as sources of tools: true servers, over standard input and output and over HTTP."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.events import Answer, ToolReturned
from carrel.bootstrap import Carrel
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from tests.testing.faulty import closed_port

pytestmark = pytest.mark.process

SERVER = Path(__file__).with_name("mcp_server.py")


def write(home: Path, text: str) -> None:
    """Write config.toml."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(text, encoding="utf-8")


def stdio(**more: str) -> str:
    """Return the table of a server that is run."""
    command = f'command = ["{sys.executable}", "{SERVER}"]\n'
    return "[mcp.weather]\n" + command + "".join(f"{name} = {value}\n" for name, value in more.items())


def asked(home: Path, *script: AssistantMessage, **options: Any) -> tuple[Answer, ScriptedModel, Carrel]:
    """Let a model make calls, and return what came of them."""
    model = ScriptedModel([*script, say("Done.")])
    with Carrel.open(home, model, "none") as carrel:
        carrel.approve = options.get("approve")
        return carrel.agent("ada").session().send("Go"), model, carrel


def results(answer: Answer) -> list[tuple[str, bool]]:
    """Return the results of the calls."""
    return [(event.text, event.ok) for event in answer.events if isinstance(event, ToolReturned)]


def test_tools_of_a_server_that_is_run(home: Path) -> None:
    """They are offered under the server's name with their schemas, and called with checked arguments."""
    write(home, stdio(approval='"always"', env='{MOOD = "Rejoice."}', tools='["forecast", "fail"]'))
    answer, model, _ = asked(
        home,
        calls(
            call("weather_forecast", city="罗马", days=2), call("weather_forecast"), call("weather_fail", reason="No.")
        ),
    )
    offered = {tool.name: tool for tool in model.requests[0].tools if tool.name.startswith("weather")}
    assert list(offered) == ["weather_forecast", "weather_fail"]
    assert offered["weather_forecast"].description == "Say what the weather will be."
    assert offered["weather_forecast"].parameters["required"] == ["city"]
    good, missing, failed = results(answer)
    assert good == ("罗马: sun for 2 days. Rejoice.", True)
    assert missing[0].startswith("Error: The arguments of weather_forecast do not fit: arguments: 'city' is a required")
    assert missing[0].endswith('Call it like this: weather_forecast(city="…")')
    assert failed[0].startswith("Error: ")
    assert (missing[1], failed[1], "No." in failed[0]) == (False, False, True)


def test_a_call_that_hangs_or_kills_its_server_is_a_result(home: Path) -> None:
    """Neither ends the turn."""
    write(home, stdio(approval='"always"', timeout="0.5"))
    answer, _, _ = asked(
        home, call("weather_hang", seconds=30), call("weather_leave"), call("weather_forecast", city="a")
    )
    assert [ok for _, ok in results(answer)] == [False, False, False]
    assert answer.text == "Done."


def test_calls_ask_unless_told_otherwise(home: Path) -> None:
    """A server's tools need consent by default; who cannot be asked does not consent."""
    write(home, stdio())
    questions: list[tuple[str, str]] = []
    answer, _, _ = asked(home, call("weather_forecast", city="Rome"))
    assert results(answer) == [
        ("Error: weather_forecast needs the user's consent, and nobody can be asked here. Tell the user.", False)
    ]

    def agree(name: str, arguments: str) -> bool:
        questions.append((name, arguments))
        return True

    answer, _, _ = asked(home, call("weather_forecast", city="Rome"), approve=agree)
    assert results(answer) == [("Rome: sun for 1 days.", True)]
    assert questions == [("weather_forecast", '{"city": "Rome"}')]


@contextmanager
def over_http() -> Iterator[str]:
    """Run the server over HTTP."""
    port = closed_port()
    command = [sys.executable, str(SERVER), str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            assert any("running on" in line for line in process.stderr)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.kill()


def test_tools_of_a_server_over_http(home: Path) -> None:
    """The same over HTTP, with headers of one's own."""
    with over_http() as url:
        write(home, f'[mcp.weather]\nurl = "{url}"\napproval = "always"\nheaders = {{X-Test = "yes"}}\n')
        answer, _, _ = asked(home, call("weather_forecast", city="Rome", days=3))
    assert results(answer) == [("Rome: sun for 3 days.", True)]


@pytest.mark.parametrize(
    "table",
    [
        '[mcp.weather]\ncommand = ["no-such-program"]\n',
        f'[mcp.weather]\ncommand = ["{sys.executable}", "-c", "print(5)"]\n',
        f'[mcp.weather]\nurl = "http://127.0.0.1:{closed_port()}/mcp"\n',
    ],
    ids=["no program", "no server", "nobody there"],
)
def test_a_server_that_cannot_be_had_is_told(home: Path, table: str) -> None:
    """The agent goes on without its tools, and says so."""
    write(home, table)
    answer, model, carrel = asked(home)
    assert answer.text == "Done."
    assert not [tool for tool in model.requests[0].tools if tool.name.startswith("weather")]
    (problem,) = carrel.problems
    assert problem.startswith("MCP server 'weather' cannot be used: ")
    assert problem.endswith(". Its tools are not offered.")
