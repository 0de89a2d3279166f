"""`carrel config show | path` and `carrel doctor`."""

import json
from pathlib import Path

from tests.cli.harness import carrel


def test_show_tells_where_each_value_comes_from(home: Path) -> None:
    """File, environment and default are told apart; the table is one line a setting in a pipe."""
    home.mkdir()
    (home / "config.toml").write_text("window = 6000\n[limits]\nhuman = 900\n", encoding="utf-8")
    ran = carrel("config", "show", "--json", CARREL_MAX_STEPS="3")
    assert ran.data["home"] == str(home)
    found = {row["name"]: (row["value"], row["origin"]) for row in ran.data["settings"]}
    assert found["window"] == (6000, str(home / "config.toml"))
    assert found["limit_human"] == (900, str(home / "config.toml"))
    assert found["max_steps"] == (3, "CARREL_MAX_STEPS")
    assert found["timeout"] == (90.0, "default")
    lines = carrel("config", "show").out.splitlines()
    assert lines[0] == f"home: {home}"
    assert len(lines) == 1 + len(found)


def test_no_secret_is_ever_shown() -> None:
    """A key is masked in the table and in JSON, and so is a password within a URL."""
    url = "http://ada:hunter2@localhost:1/v1"
    for arguments in (("config", "show"), ("config", "show", "--json"), ("doctor",)):
        told = carrel(*arguments, OPENAI_API_KEY="sk-abcdefghijklmnop", CARREL_BASE_URL=url).out
        assert "abcdefgh" not in told
        assert "hunter2" not in told
    assert "…mnop" in carrel("config", "show", OPENAI_API_KEY="sk-abcdefghijklmnop").out


def test_path_is_where_the_settings_file_belongs(home: Path) -> None:
    """`config path` prints the file's path, whether or not it exists."""
    assert carrel("config", "path").out == f"{home / 'config.toml'}\n"


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
