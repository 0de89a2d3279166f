"""Capabilities as settings and as JSON."""

import pytest

from carrel.errors import BadConfig
from carrel.models.chat.server.capabilities import Capabilities, from_json, parse_setting


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("tools", "Setting 'capabilities' contains 'tools'. Write NAME=yes or NAME=no"),
        ("tolls=no", "Setting 'capabilities' contains 'tolls=no'."),
        ("tools=maybe", "Capability 'tools' is 'maybe'. Write yes or no."),
        ("window=big", "Capability 'window' is 'big'. Write a number of tokens"),
    ],
)
def test_an_invalid_setting_is_explained(setting: str, told: str) -> None:
    """Each mistake is a sentence with a remedy."""
    with pytest.raises(BadConfig) as raised:
        parse_setting(setting)
    assert str(raised.value).startswith(told)
    good = {"tools": False, "window": 4096, "tool_choice": "required"}
    assert parse_setting("tools=no  window=4096 tool_choice=required") == good


def test_facts_survive_json() -> None:
    """What is known comes back from JSON; what has another type or name is left out."""
    known = Capabilities(tools=False, window=4096, tool_choice="required")
    assert from_json(known.to_json()) == known
    assert from_json({"tools": "no", "window": True, "new": 1}) == from_json(None) == Capabilities()
