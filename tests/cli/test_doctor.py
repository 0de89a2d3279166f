"""`carrel doctor`: what works, what does not, and what to do, with and without a model server."""

import json
from pathlib import Path

import pytest

from carrel.models.chat.scripted import call, calls, say
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import carrel, sql


def test_doctor_says_what_works(home: Path) -> None:
    """Every check has a line; without a model or embedder it warns, which is no failure."""
    ran = carrel("doctor")
    assert ran.code == 0, ran.out
    assert f"✓ home: {home}\n" in ran.out
    assert "! model: no language model is connected" in ran.out
    data = carrel("doctor", "--json").data
    assert data["ok"] is True
    states = {finding["subject"]: finding["state"] for finding in data["findings"]}
    assert (states["database"], states["model"], states["embedder"]) == ("ok", "warn", "warn")


def test_doctor_names_what_is_broken_and_fails(home: Path) -> None:
    """A broken settings file, an unknown embedder, an open home and a damaged database are each named."""
    assert carrel("doctor", CARREL_EMBEDDER="magic").code == 1
    home.chmod(0o755)
    assert "! permissions: others can look into the home. Run: chmod 700" in carrel("doctor").out
    (home / "config.toml").write_text("window = \n", encoding="utf-8")
    broken = carrel("doctor", "--json")
    assert (broken.code, broken.data["ok"]) == (1, False)
    assert "line 1" in json.dumps(broken.data["findings"])
    (home / "config.toml").unlink()
    (home / "carrel.db").write_bytes(b"this is no database" * 1000)
    damaged = carrel("doctor")
    assert (damaged.code, "✗ database: " in damaged.out) == (1, True)


@pytest.mark.slow
def test_doctor_names_rows_of_another_model(home: Path, facts: dict[str, str]) -> None:
    """After a change of the embedder it is said whose rows are found by words only, and what to do."""
    vectors = {finding["subject"]: finding for finding in carrel("doctor", "--json", **facts).data["findings"]}[
        "vectors"
    ]
    assert vectors == {"subject": "vectors", "state": "ok", "said": "every row has one, or is about to have one"}
    sql(home, "UPDATE embedders SET fingerprint = 'another model'")
    said = "! vectors: 3 rows of 'default' found by words only: another model embedded them."
    assert f"{said} Run: carrel memory reindex -a default\n" in carrel("doctor", **facts).out


@pytest.mark.slow
def test_doctor_counts_broken_vectors_and_reindex_mends_them(home: Path, facts: dict[str, str]) -> None:
    """As earlier versions stored them: zero, not finite, and of another length."""
    zero, other = "zeroblob(1536)", "zeroblob(8)"
    infinite = f"x'{'0000807f' * 384}'"
    numbers = [row[0] for row in sql(home, "SELECT n FROM vectors ORDER BY n")]
    for n, vector in zip(numbers, (zero, other, infinite), strict=True):
        sql(home, f"UPDATE vectors SET vector = {vector} WHERE n = {n}")
    said = "! vectors: 3 broken vectors of 'default' zero, not finite or of another length."
    assert f"{said} Run: carrel memory reindex -a default\n" in carrel("doctor", **facts).out
    assert carrel("memory", "verify", **facts).code == 1
    assert carrel("memory", "reindex", "--json", **facts).data["embedded"] == 3
    assert "✓ vectors: every row has one" in carrel("doctor", **facts).out
    assert carrel("memory", "verify", **facts).code == 0


def test_doctor_checks_the_way_to_the_server() -> None:
    """A proxy is named, and what cannot be used is a failure with the variable."""
    far = {"CARREL_BASE_URL": "https://models.example/v1", "CARREL_MODEL": "any"}
    assert "✓ network: no proxy is used" in carrel("doctor", CARREL_BASE_URL="http://127.0.0.1:9/v1", ALL_PROXY="x").out
    told = carrel("doctor", **far, HTTPS_PROXY="http://ada:hunter2@proxy.example:1").out
    assert "✓ network: through the proxy 'http://…@proxy.example:1' (HTTPS_PROXY)" in told
    for variables in ({"ALL_PROXY": "socks4://proxy.example:1"}, {"SSL_CERT_FILE": "/nowhere"}):
        ran = carrel("doctor", **far, **variables)
        assert (ran.code, "✗ network: " in ran.out, next(iter(variables)) in ran.out) == (1, True, True)
    told = carrel("doctor", SSL_CERT_DIR="/nowhere").out
    assert "! network: SSL_CERT_DIR names '/nowhere', which cannot be read: No such file or directory. Set SSL" in told


ONCE = call("note_word", word="apple")
ABLE = [say("hello"), ONCE, say("hello"), ONCE, ONCE, calls(ONCE, ONCE)]


@pytest.mark.network
def test_what_the_server_can_do_is_found_shown_and_kept(home: Path) -> None:
    """Each probe is a line; the next doctor, which asks nothing, knows it too."""
    with FakeServer(ABLE, model="any") as server:
        variables = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any"}
        ran = carrel("doctor", "--live", **variables)
        asked = len(server.requests)
        after = carrel("doctor", **variables)
        assert len(server.requests) == asked
    assert (ran.code, after.code) == (0, 0)
    assert "✓ tools: 9 are offered" in ran.out
    assert "✓ live: tool_choice: auto, none, required, named" in ran.out
    assert "✓ live: parallel calls: several calls in one reply" in ran.out
    assert "known: tools yes, tool_choice none required named, parallel_calls yes" in after.out
    assert "tool_choice" in (home / "capabilities.json").read_text(encoding="utf-8")


@pytest.mark.network
def test_programs_get_the_capabilities() -> None:
    """--json adds them by name."""
    with FakeServer([say("hello"), say("No.")], lacks=["tools"]) as server:
        ran = carrel("doctor", "--live", "--json", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert ran.data["capabilities"] == {
        "tools": False,
        "streaming": True,
        "usage": True,
        "contract": "none",
        "contract_evidence": "found by doctor --live",
    }
    assert {"subject": "live: reply", "state": "ok", "said": "model 'any' answers"} in ran.data["findings"]


@pytest.mark.network
def test_a_server_that_does_not_answer_is_a_failure() -> None:
    """The doctor exits with 1 and says what to do."""
    with FakeServer([Fault(401)]) as server:
        ran = carrel("doctor", "--live", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert ran.code == 1
    assert "✗ live: reply: The server" in ran.out


@pytest.mark.process
def test_without_a_server_there_is_nothing_to_ask(home: Path) -> None:
    """The offline model has no server; MCP servers that cannot be had are told here."""
    home.mkdir()
    (home / "config.toml").write_text('[mcp.gone]\ncommand = ["no-such-program"]\n', encoding="utf-8")
    ran = carrel("doctor", "--live")
    assert "! live: there is no model server to ask" in ran.out
    assert "! mcp: MCP server 'gone' cannot be used: " in ran.out
    assert json.loads(carrel("config", "show", "--json").out)["data"]["home"] == str(home)
