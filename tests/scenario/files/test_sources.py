"""Which scenarios a command line means."""

from pathlib import Path

import pytest

from carrel.errors import BadFile, NotFound, UsageError
from carrel.scenario.files.sources import find_files, load_sources
from tests.scenario.builders import scenario, write


def test_files_are_found(tmp_path: Path) -> None:
    """A folder means the scenario files in and below it; a file means itself, whatever its name."""
    one = write(tmp_path / "b" / "one.scenario.yaml", scenario("Hi."))
    two = write(tmp_path / "a.scenario.yml", scenario("Hi."))
    other = write(tmp_path / "other.yaml", scenario("Hi."))
    assert sorted(find_files([tmp_path])) == [two, one]
    assert find_files([other, one, one]) == [other, one]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFile, match=r"contains no file \*\.scenario\.yaml"):
        find_files([tmp_path / "empty"])


def test_an_expression_selects(tmp_path: Path) -> None:
    """By name, file name and tags; selecting nothing is an error that says how many there were."""
    write(tmp_path / "one.scenario.yaml", scenario("Hi.", name="A cat", tags=["pets"]))
    write(tmp_path / "two.scenario.yaml", scenario("Hi.", name="狗", tags=["pets"]))
    assert [source.slug for source in load_sources([tmp_path], expression="pets and not 狗")] == ["one"]
    assert [source.slug for source in load_sources([tmp_path], expression="two or horse")] == ["two"]
    with pytest.raises(NotFound, match="-k 'horse' selects none of 2 scenarios"):
        load_sources([tmp_path], expression="horse")


def test_names_must_differ(tmp_path: Path) -> None:
    """Two scenarios that would write to the same folder are refused; so is an unknown format."""
    write(tmp_path / "a" / "one.scenario.yaml", scenario("Hi."))
    write(tmp_path / "b" / "one.scenario.yaml", scenario("Hi."))
    with pytest.raises(UsageError, match="have the same name"):
        load_sources([tmp_path])
    with pytest.raises(UsageError, match="Known are scenario, locomo, beam"):
        load_sources([tmp_path], "word")
