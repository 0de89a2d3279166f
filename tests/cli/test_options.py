"""The options that commands share, and the home that they open."""

from contextlib import closing
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.cli.options import open_home
from carrel.memory.values import NewMessage
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
