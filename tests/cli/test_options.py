"""The options that commands share, and the home that they open."""

from pathlib import Path

from carrel.cli.options import open_home


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
