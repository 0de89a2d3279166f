"""The models of the user who runs a scenario."""

from pathlib import Path

import pytest

from carrel.errors import NotConfigured
from carrel.scenario.connection import configured_model_name, connect, load_user_settings


def test_the_users_own_settings_are_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the home and the environment."""
    home.mkdir()
    (home / "config.toml").write_text("timeout = 12\n", encoding="utf-8")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    settings = load_user_settings()
    assert (settings.timeout, settings.base_url) == (12.0, "http://localhost:1/v1")


def test_a_model_is_connected_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the configured server, whatever model is configured there."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    monkeypatch.setenv("CARREL_MODEL", "mine")
    assert (connect("judge").name, configured_model_name()) == ("judge", "mine")


def test_without_a_server_there_is_no_model(home: Path) -> None:
    """The offline model is none that a scenario could be run live with."""
    with pytest.raises(NotConfigured, match=r"No model is configured\. Set OPENAI_API_KEY"):
        configured_model_name()
    with pytest.raises(NotConfigured):
        connect("judge")
