"""Settings are written into their file, and nothing that is not valid."""

import tomllib
from pathlib import Path

import pytest

from carrel import config
from carrel.cli.settings_file import check_file, set_value, unset_value, write_private
from carrel.errors import BadConfig, UsageError


def test_comments_and_other_settings_stay(home: Path) -> None:
    """A value is changed where it stands; limits belong to their table; booleans and numbers are written as such."""
    home.mkdir()
    path = home / "config.toml"
    path.write_text("# mine\nwindow = 6000  # small\n", encoding="utf-8")
    for name, value in (("window", "9000"), ("page_in", "false"), ("limit_human", "900"), ("model", "qwen3")):
        set_value(home, name, value)
    settings = config.load(home, {}, {}).settings
    assert (settings.window, settings.page_in, settings.model) == (9000, False, "qwen3")
    assert "# mine\nwindow = 9000 # small\n" in path.read_text(encoding="utf-8").replace("  #", " #")
    assert (unset_value(home, "limit_human"), unset_value(home, "limit_human")) == (True, False)
    assert config.load(home, {}, {}).settings.limit_human == 2000


def test_the_table_of_tools_stays(home: Path) -> None:
    """Which tools are offered stands in the table of their files and approvals, where there is one."""
    home.mkdir()
    path = home / "config.toml"
    path.write_text('[tools]\nfiles = ["t.py"]\n\n[tools.approval]\nx = "ask"\n', encoding="utf-8")
    set_value(home, "tools", "core")
    assert tomllib.loads(path.read_text(encoding="utf-8"))["tools"] == {
        "files": ["t.py"],
        "approval": {"x": "ask"},
        "offer": "core",
    }
    assert unset_value(home, "tools")
    assert tomllib.loads(path.read_text(encoding="utf-8"))["tools"] == {"files": ["t.py"], "approval": {"x": "ask"}}


@pytest.mark.parametrize(
    ("name", "value"), [("windw", "9000"), ("window", "many"), ("window", "1"), ("device", "abacus"), ("page_in", "2")]
)
def test_what_is_not_valid_is_not_written(home: Path, name: str, value: str) -> None:
    """Neither an unknown setting nor a value that it cannot have."""
    with pytest.raises(BadConfig):
        set_value(home, name, value)
    assert not (home / "config.toml").exists()
    home.mkdir(exist_ok=True)
    with pytest.raises(BadConfig):
        check_file(home, f"{name} = '{value}'")
    with pytest.raises(BadConfig, match="Did you mean 'window'"):
        unset_value(home, "windw")


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(UsageError, match="cannot be written"):
        write_private(tmp_path / "none" / "file", "")
