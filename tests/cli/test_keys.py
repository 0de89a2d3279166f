"""`carrel keys`: in a file that only the user may read, and never shown."""

from pathlib import Path

from tests.cli.harness import carrel


def test_a_key_is_stored_shown_by_its_end_and_removed(home: Path) -> None:
    """The file is the user's alone, config.toml knows nothing of it, and what else is in it stays."""
    home.mkdir()
    (home / "credentials.toml").write_text("# mine\nembedder_key = 'sk-other-0123456789'\n", encoding="utf-8")
    ran = carrel("keys", "set", stdin="sk-abcdefghijklmnop\n")
    assert ran.out == f"Stored api_key in '{home / 'credentials.toml'}', which only you may read.\n"
    assert (home / "credentials.toml").stat().st_mode & 0o077 == 0
    assert "# mine\n" in (home / "credentials.toml").read_text(encoding="utf-8")
    assert not (home / "config.toml").exists()
    names = {row["name"]: row["value"] for row in carrel("keys", "ls", "--json").data}
    assert names == {"api_key": "…mnop", "embedder_key": "…6789"}
    assert "abcdefgh" not in carrel("keys", "ls").out
    assert carrel("keys", "rm").out == "Removed api_key.\n"
    assert carrel("keys", "rm").out == "No api_key is stored.\n"
    assert [row["name"] for row in carrel("keys", "ls", "--json").data] == ["embedder_key"]


def test_what_is_no_key() -> None:
    """An empty one, one that no header can hold, and a setting that is none."""
    assert carrel("keys", "set", stdin="\n").code == 2
    ran = carrel("keys", "set", stdin="sk-a b\n")
    assert ran.code == 3
    assert "a blank" in ran.err
    assert carrel("keys", "set", "model", stdin="x").code == 2
    assert carrel("keys", "ls").out == ""
