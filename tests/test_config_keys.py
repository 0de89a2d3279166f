"""API keys among the settings: trimmed, refused where no header can hold them, and sent to whom they belong."""

from pathlib import Path

import pytest

from carrel import config
from tests.test_config import loaded, refused, written


@pytest.mark.parametrize("key", [" sk-a1 \n", '"sk-a1"', "Bearer sk-a1"])
def test_a_key_is_trimmed(home: Path, key: str) -> None:
    """From whatever source; one that is empty then is none."""
    assert loaded(home, {"CARREL_API_KEY": key}) == {"api_key": ("sk-a1", "CARREL_API_KEY")}
    assert loaded(home, None, {"embedder_key": key}) == {"embedder_key": ("sk-a1", "flag")}
    assert loaded(home, {"CARREL_API_KEY": " \n"}) == {}


@pytest.mark.parametrize("url", [" http://far/v1\n", '"http://far/v1"', "'http://far/v1' "])
def test_an_address_is_trimmed(home: Path, url: str) -> None:
    """From whatever source."""
    assert loaded(home, {"OPENAI_BASE_URL": url}) == {"base_url": ("http://far/v1", "OPENAI_BASE_URL")}
    assert loaded(home, None, {"embedder_url": url}) == {"embedder_url": ("http://far/v1", "flag")}


def test_a_key_that_no_header_can_hold_is_refused(home: Path) -> None:
    """The setting and its origin are named, not the key."""
    told = refused(home, {"OPENAI_API_KEY": "sk-hunter2\nsecond"})
    assert told == (
        "Setting 'api_key' (OPENAI_API_KEY) holds a line break.",
        "Copy it again, on one line, with nothing around it.",
    )


def test_openais_key_is_not_for_a_server_of_the_settings_file(home: Path) -> None:
    """It goes to OpenAI, and to a server that OPENAI_BASE_URL names with it; the file's own key counts elsewhere."""
    key = {"OPENAI_API_KEY": "sk-openai"}
    assert loaded(home, key)["api_key"][0] == "sk-openai"
    written(home, "base_url = 'https://eu.api.openai.com/v1'\n")
    assert loaded(home, key)["api_key"][0] == "sk-openai"
    written(home, "base_url = 'http://far/v1'\n", "api_key = 'sk-far'\n")
    assert loaded(home, key)["api_key"] == ("sk-far", str(home / "credentials.toml"))
    written(home, "base_url = 'http://far/v1'\n", "")
    assert "api_key" not in loaded(home, key)
    assert loaded(home, {"CARREL_API_KEY": "sk-own"})["api_key"][0] == "sk-own"


@pytest.mark.parametrize(
    ("variables", "flags", "sent"),
    [
        ({"OPENAI_BASE_URL": "http://far/v1"}, {}, True),
        ({"OPENAI_BASE_URL": " 'http://far/v1' "}, {}, True),
        ({"CARREL_BASE_URL": "http://far/v1"}, {}, False),
        ({"CARREL_BASE_URL": "http://far/v1", "OPENAI_BASE_URL": "http://far/v1/"}, {}, True),
        ({"CARREL_BASE_URL": "http://far/v1", "OPENAI_BASE_URL": "http://near/v1"}, {}, False),
        ({"CARREL_BASE_URL": "http://far:1/v1", "OPENAI_BASE_URL": "http://far:2/v1"}, {}, False),
        ({"CARREL_BASE_URL": "https://us.api.openai.com/v1"}, {}, True),
        ({"CARREL_BASE_URL": "https://ada.openai.azure.com/openai/v1"}, {}, True),
        ({"CARREL_BASE_URL": "https://api.openai.com.evil.example/v1"}, {}, False),
        ({"OPENAI_BASE_URL": "http://far/v1"}, {"base_url": "http://near/v1"}, False),
        ({}, {"base_url": "http://near/v1"}, False),
        ({}, {}, True),
    ],
)
def test_the_servers_that_openais_key_belongs_to(
    home: Path, variables: dict[str, str], flags: dict[str, str], sent: bool
) -> None:
    """OpenAI's own, at Azure too, and the one in OPENAI_BASE_URL; whoever names another has to name its key."""
    found = config.load(home, flags, {"OPENAI_API_KEY": "sk-openai", **variables})
    assert found.settings.api_key == ("sk-openai" if sent else "")
    assert found.openai_key_withheld is not sent
    own = config.load(home, flags, {"OPENAI_API_KEY": "sk-openai", "CARREL_API_KEY": "sk-own", **variables})
    assert (own.settings.api_key, own.openai_key_withheld) == ("sk-own", False)
    assert "holds a blank" in refused(home, {"OPENAI_API_KEY": "sk two", **variables})[0]


def test_every_configured_key_is_known_to_those_who_hide_it(home: Path) -> None:
    """Also one that is not used, and those of a home whose settings are broken elsewhere."""
    written(home, "window = 'many'\n", "api_key = 'sk-file'\nembedder_key = 'sk-embedder'\n")
    found = config.configured_keys(
        {"CARREL_HOME": str(home), "OPENAI_API_KEY": "sk-env", "CARREL_EMBEDDER_KEY": "sk-e"}
    )
    assert set(found) == {"sk-file", "sk-embedder", "sk-env", "sk-e"}
    written(home, "= broken")
    assert config.configured_keys({"CARREL_HOME": str(home), "OPENAI_API_KEY": "sk-env"}) == ["sk-env"]
