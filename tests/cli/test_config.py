"""`carrel config show | path`: each value with its origin, and no secret."""

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
