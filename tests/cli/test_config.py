"""`carrel config show | path`: each value with its origin, and no secret."""

from pathlib import Path

import pytest

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


@pytest.mark.process
def test_settings_are_set_unset_and_edited(home: Path) -> None:
    """Each goes into the file; the environment goes before it and is named; a key is none for a command line."""
    ran = carrel("config", "set", "window", "6000", CARREL_WINDOW="7000")
    assert (ran.code, ran.out) == (0, "window = 7000\n")
    assert ran.err == "CARREL_WINDOW sets it too, and takes precedence.\n"
    path = home / "config.toml"
    assert carrel("config", "set", "window", "6000", "--json").data == {
        "name": "window",
        "value": 6000,
        "origin": str(path),
    }
    assert carrel("config", "set", "windw", "1").err.endswith("Did you mean 'window'?\n")
    assert carrel("config", "set", "api_key", "sk-1").code == 2
    assert carrel("config", "edit", EDITOR="sed -i s/6000/many/").code == 3
    assert carrel("config", "edit", EDITOR="sed -i s/6000/8000/").out == f"Wrote {path}.\n"
    assert carrel("config", "edit", EDITOR="true").out == "Nothing was changed.\n"
    assert carrel("config", "unset", "window").out == "Removed window.\n"
    assert carrel("config", "unset", "window").out == "window is not set in config.toml.\n"
    assert path.stat().st_mode & 0o077 == 0


def test_variables_that_mean_nothing_are_told() -> None:
    """With the one that may be meant; by `config show` and by `doctor`."""
    told = "CARREL_WINDWO is no setting. Did you mean CARREL_WINDOW?"
    assert f"{told}\n" in carrel("config", "show", CARREL_WINDWO="1").err
    assert f"! settings: {told}\n" in carrel("doctor", CARREL_WINDWO="1").out
