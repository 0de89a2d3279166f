"""No key is ever printed or stored, whatever its shape, and whatever a server says about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from carrel.models.chat.scripted import call, say
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import Ran, carrel, process
from tests.cli.test_environment import ARGUMENTS, COMMANDS, SCENARIO

pytestmark = pytest.mark.network

KEYS = [
    "sk-hunter2-0123456789",
    "hunter2",
    "hunter2+a/b==",
    "Bearer sk-hunter2-x",
    "hunter2\\n\\t$(x)%20&",
    "hunter2" * 40,
]
REFUSED = ["sk-hunter2\nhunter2", "hunter2 hunter2", "hunter2-ключ", "hunter2\x00\x07", 'hunter2"hunter2']


def _forms(key: str) -> set[str]:
    """Return the key as it may be written in a text, a file or a URL; of a refused one each word."""
    words = key.removeprefix("Bearer ").split() if key in REFUSED else [key.removeprefix("Bearer ")]
    return {form for word in words for form in (word, json.dumps(word)[1:-1], quote(word, safe=""))}


def _echoes(key: str) -> list[Fault]:
    """Return errors that quote a key, in the words of several servers."""
    sent = key.removeprefix("Bearer ")
    return [
        Fault(401, {"error": {"message": f"Incorrect API key provided: {sent}.", "code": "invalid_api_key"}}),
        Fault(400, {"error": {"message": f"Unsupported parameter stream_options with key '{sent}'"}}),
        Fault(403, {"detail": [{"msg": f"Key {sent} may not", "input": {"authorization": f"Bearer {sent}"}}]}),
        Fault(500, f"<html>Bearer {sent}</html>"),
        Fault(429, {"error": {"message": f"Rate limit for {sent} (limit 3)"}}, {"Retry-After": "3600"}),
        Fault(404, {"error": {"message": f"No route for ?key={quote(sent, safe='')}"}}),
    ]


def _files(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a home but the user's own two."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.name not in {"credentials.toml", "config.toml"}:
            yield str(path.relative_to(home)), path.read_bytes()


def _assert_hidden(key: str, home: Path, *runs: Ran) -> None:
    for form in _forms(key):
        assert not any(form in ran.out + ran.err for ran in runs), (form, runs)
        found = [name for name, content in _files(home) if form.encode() in content]
        assert found == [], form


@pytest.mark.parametrize("key", KEYS)
def test_what_a_server_quotes_is_hidden(home: Path, key: str) -> None:
    """In the answer, the notes, JSON and the database; --debug shows the traceback without it."""
    for fault in _echoes(key):
        with FakeServer([fault] * 9) as server:
            variables = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any", "CARREL_API_KEY": key}
            runs = [carrel("ask", "Hello", *more, **variables) for more in ((), ("--json",), ("--stream-json",))]
            assert server.headers[0]["authorization"] == f"Bearer {key.removeprefix('Bearer ')}"
        _assert_hidden(key, home, *runs)


@pytest.mark.process
def test_debug_hides_it_too(home: Path) -> None:
    """The SDK's own error, which holds what the server said, stands in the traceback; so does what it logs."""
    key = KEYS[0]
    with FakeServer(_echoes(key)) as server:
        more = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any", "CARREL_API_KEY": key, "OPENAI_LOG": "debug"}
        ran = process("--debug", "ask", "Hello", **more)
    assert "Traceback" in ran.err
    _assert_hidden(key, home, ran)


@pytest.mark.parametrize("key", REFUSED)
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(home: Path, key: str) -> None:
    """From the environment and from a file: exit code 3 and what is wrong with it."""
    home.mkdir()
    (home / "credentials.toml").write_text(f"embedder_key = {json.dumps(key)}\n", encoding="utf-8")
    runs = [carrel("ask", "Hello"), carrel("doctor"), carrel("config", "show", "--json")]
    if "\x00" not in key:
        (home / "credentials.toml").unlink()
        runs += [carrel("ask", "Hello", OPENAI_API_KEY=key), carrel("doctor", "--json", CARREL_API_KEY=key)]
    assert {ran.code for ran in runs} == {1, 3}
    assert all("_key' (" in ran.out + ran.err and " holds " in ran.out + ran.err for ran in runs)
    _assert_hidden(key, home, *runs)


@pytest.mark.process
def test_no_command_shows_or_stores_a_key(home: Path, tmp_path: Path) -> None:
    """Keys in variables, in files, in an address and for an MCP server; every command of the program, all its files."""
    (tmp_path / "notes.txt").write_text("Bob sails.\n", encoding="utf-8")
    (tmp_path / "tea.yaml").write_text(SCENARIO, encoding="utf-8")
    home.mkdir(mode=0o700)
    (home / "credentials.toml").write_text(f"embedder_key = '{KEYS[0]}'\n", encoding="utf-8")
    (home / "config.toml").write_text(
        f'[mcp.far]\nurl = "http://127.0.0.1:9/mcp"\nheaders = {{Authorization = "Bearer {KEYS[0]}"}}\n',
        encoding="utf-8",
    )
    script = [call("core_memory_append", label="human", content="Drinks tea."), *[say("Noted.")] * 50]
    runs = []
    with FakeServer(script) as server:
        url = server.url.replace("http://", f"http://ada:{KEYS[0]}@") + f"?key={KEYS[0]}"
        shared = {"CARREL_MODEL": "any", "CARREL_API_KEY": KEYS[0], "OPENAI_API_KEY": KEYS[0], "OPENAI_ORG_ID": KEYS[0]}
        for command in COMMANDS:
            arguments = [part.format(folder=tmp_path) for part in ARGUMENTS.get(command, ())]
            for address in (server.url, url):
                ran = carrel(*command.split(), *arguments, stdin="Hello\n", CARREL_BASE_URL=address, **shared)
                runs.append(ran)
    assert sum(ran.code == 0 for ran in runs) > len(COMMANDS) / 2
    _assert_hidden(KEYS[0], home, *runs)
