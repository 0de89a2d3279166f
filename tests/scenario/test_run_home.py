"""The home of a run: temporary, or kept."""

from pathlib import Path

import pytest

from carrel.errors import UsageError
from carrel.scenario.run_home import MARKER, open_run_home
from tests.scenario.builders import run, scenario

CAT = {"user": "I have a cat.", "expect": {"core.human": "cat"}}


def test_a_home_of_the_users_own_is_not_deleted(tmp_path: Path) -> None:
    """A folder to keep homes in may hold those of earlier runs, but no other folder of the same name."""
    keep = tmp_path / "homes"
    first = run(tmp_path, scenario(CAT), keep=keep)
    assert (first.home, run(tmp_path, scenario(CAT), keep=keep).outcome) == (str(keep / "test"), "passed")
    (keep / "test" / ".carrel-run").unlink()
    with pytest.raises(UsageError, match="exists and was not created by carrel run"):
        run(tmp_path, scenario(CAT), keep=keep)
    assert (keep / "test" / "carrel.db").is_file()


def test_a_home_that_is_not_kept_is_gone(tmp_path: Path) -> None:
    """It is empty at first, and deleted however the run ends; a kept one is empty again the next time."""
    with open_run_home(None, "x") as home:
        (home / "carrel.db").touch()
    assert not home.exists()
    for _ in range(2):
        with open_run_home(tmp_path / "homes", "x") as home:
            assert [path.name for path in home.iterdir()] == [MARKER]
            (home / "carrel.db").touch()
    assert home == tmp_path / "homes" / "x"
