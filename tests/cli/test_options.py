"""The options that commands share, and the home that they open."""

from contextlib import closing
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.cli.options import open_home, split_model
from carrel.memory.values import NewMessage
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import carrel


def test_options_count_before_the_environment(home: Path) -> None:
    """A command's model and flags are the settings of the home that it opens; a flag that is None is not given."""
    with open_home("offline", window=6000, embedder="none", max_steps=None) as carrel:
        config = carrel.config
    assert config.home == home
    assert {name: config.origins[name] for name in ("model", "window", "embedder", "max_steps")} == {
        "model": "flag",
        "window": "flag",
        "embedder": "flag",
        "max_steps": "default",
    }
    assert (config.settings.window, config.settings.embedder) == (6000, "none")


READING = [
    ["agent", "ls"],
    ["agent", "show"],
    ["session", "ls"],
    ["memory", "ls"],
    ["memory", "search", "bees"],
    ["memory", "verify"],
    ["db", "check"],
]


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_that_reads_embeds_nothing(home: Path, command: list[str]) -> None:
    """What waits to be embedded after an interrupted import still waits after any command that only reads."""
    with closing(Carrel.open(home, "offline")) as opened:
        opened.agent().recall.load([NewMessage("user", "bees " * 5_000) for _ in range(3)])
        assert opened.store.waiting() == 3
    assert carrel(*command, CARREL_EMBEDDER="local").code == 0
    with closing(Carrel.open(home, "offline")) as opened:
        assert opened.store.waiting() == 3


def test_a_model_may_name_its_server() -> None:
    """NAME@URL is a model and an address; a name may hold the sign itself."""
    assert split_model("qwen3@http://localhost:11434/v1") == ("qwen3", "http://localhost:11434/v1")
    assert split_model("m@v1@https://x.example/v1") == ("m@v1", "https://x.example/v1")
    assert (split_model("claude@20240229"), split_model("offline")) == (("claude@20240229", ""), ("offline", ""))


@pytest.mark.network
def test_openais_key_stays_away_from_other_servers() -> None:
    """It goes to the server in OPENAI_BASE_URL, and not to one in Carrel's settings; what to set instead is said."""
    key = {"OPENAI_API_KEY": "sk-of-openai", "CARREL_MODEL": "any"}
    with FakeServer(["Hi.", "Hi.", Fault(401, {"message": "Who are you?"})]) as server:
        assert carrel("ask", "Hello", CARREL_BASE_URL=server.url, **key).code == 0
        assert "sk-of-openai" not in str(server.headers)
        assert carrel("ask", "Hello", OPENAI_BASE_URL=server.url, **key).code == 0
        assert "Bearer sk-of-openai" in str(server.headers)
        refused = carrel("ask", "Hello", CARREL_BASE_URL=server.url, **key)
        told = carrel("doctor", CARREL_BASE_URL=server.url, **key).out
    assert refused.code == 76
    assert "Who are you?. Set CARREL_API_KEY, or api_key in credentials.toml. OPENAI_API_KEY goes to" in refused.err
    assert "OPENAI_API_KEY is not sent there" in told
    assert "set CARREL_API_KEY" in told


@pytest.mark.network
def test_a_named_server_is_used_without_the_key_of_another() -> None:
    """The key in the environment is meant for the configured server."""
    with FakeServer(["Hi."]) as server:
        ran = carrel("ask", "Hello", "--model", f"tiny@{server.url}", OPENAI_API_KEY="sk-of-another-server")
        assert (ran.code, ran.out) == (0, "Hi.\n")
        assert {body["model"] for body in server.requests} == {"tiny"}
        assert "sk-of-another-server" not in str(server.headers)
