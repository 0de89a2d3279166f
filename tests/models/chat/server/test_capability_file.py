"""What was learned about servers is kept in a file."""

from pathlib import Path

from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.capability_file import CapabilityFile


def test_what_was_learned_is_kept_by_server_and_model(tmp_path: Path) -> None:
    """Facts add up, those of other models stay, and a damaged file counts as empty."""
    file = CapabilityFile(tmp_path / "capabilities.json")
    file.save("http://a/v1", "m", {"tools": False})
    file.save("http://a/v1/", "m", {"window": 4096})
    file.save("http://a/v1", "n", {"tools": True})
    assert file.load("http://a/v1", "m") == Capabilities(tools=False, window=4096)
    assert file.load("http://a/v1", "n") == Capabilities(tools=True)
    assert file.load("http://b/v1", "m") == Capabilities()
    file.path.write_text('{"http://a/v1 m": {"tools": "no", "window": true, "new": 1}}', encoding="utf-8")
    assert file.load("http://a/v1", "m") == Capabilities()
    for damaged in ("{", "[]", '"x"'):
        file.path.write_text(damaged, encoding="utf-8")
        assert file.load("http://a/v1", "m") == Capabilities()
    CapabilityFile(tmp_path / "no" / "where.json").save("a", "m", {"tools": True})
