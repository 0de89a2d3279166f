"""Mistakes in a scenario file are reported with file, line, and what was expected."""

from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.scenario.files.load import load
from tests.scenario.builders import EXAMPLE

WRONG = [
    ("contains: peanut", "contain: peanut", 9, "core.human.contain is unknown; did you mean 'contains'?"),
    ("user: Can", "usr: Can", 13, "sessions[2].turns[1].usr is unknown; did you mean 'user'?"),
    ("repeat: 40", "repeat: forty", 14, "Input should be a valid integer, unable to parse string"),
    ("repeat: 40", "repeat: 0", 14, "Input should be greater than or equal to 1, not 0"),
    ("advance: 21d", "advance: 21 days", 11, "'21 days' is not a duration like 30s, 45m, 2h30m, 21d or 3w"),
    ("(?i)peanut", "(peanut", 16, "'(peanut' is not a regular expression: missing )"),
    ("start: 2026-01-05T09:00:00+01:00", "start: tomorrow", 4, "clock.start: 'tomorrow' is not a time like"),
    ("id: s2", "id: s1", 1, "two sessions have the id 's1'"),
    ("id: s2", "id: last", 10, "a session's id must not be empty, 'last' or contain a colon"),
    ("name: peanuts\n", "", 1, "name is missing"),
    ("scenario@1", "scenario@9", 1, "schema is 'carrel/scenario@9'. A scenario begins with: schema: carrel/scenario@1"),
    ("schema: carrel/scenario@1\n", "", 1, "schema is missing"),
    ("window: 4096", "window: 40", 3, "Setting 'window' is 40. It must lie between 500"),
    ("embedder: none", "settings: {windw: 1}", 3, "Setting 'windw' (flag) is unknown. Did you mean 'window'?"),
    ("${WHICH:-offline}", "${WHICH}", 3, "environment variable WHICH is not set. Set it, or write ${WHICH:-offline}"),
    (
        "user: Can I",
        "user: Can: I",
        13,
        "not valid YAML: mapping values are not allowed here. Quote texts that contain ': '",
    ),
    ("repeat: 40", "user: twice", 14, "'user' is given twice, first in line 13. Remove one."),
    ("repeat: 40", "paste: nowhere.txt", 14, "file 'nowhere.txt' does not exist in the scenario's folder"),
    ("user: Can I eat satay?\n", "aside: true\n", 13, "a turn without user or paste may only have expect"),
    ('{matches: "(?i)peanut"}', "{}", 16, "give at least one of contains, not_contains, matches"),
    ("clock: {", "expect: []\nclock: {zone: x, ", 5, "clock.zone is unknown; known are per_turn, start"),
    ("user: yes", "user: [a, b]", 7, "Input should be a valid string, not ['a', 'b']"),
    ("user: yes", "user: !!binary aGk=", 7, "tag tag:yaml.org,2002:binary is not supported"),
]


@pytest.mark.parametrize(
    ("good", "bad", "line", "said"), WRONG, ids=[f"{n} {item[1][:24].strip()}" for n, item in enumerate(WRONG)]
)
def test_a_mistake_is_reported_with_file_and_line(tmp_path: Path, good: str, bad: str, line: int, said: str) -> None:
    """The error names the file, the line, what is there and what was expected."""
    assert EXAMPLE.count(good) == 1
    path = tmp_path / "x.scenario.yaml"
    path.write_text(EXAMPLE.replace(good, bad))
    with pytest.raises(BadFile) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"'{path}', line {line}: ")
    assert said in str(caught.value)


def test_further_mistakes_are_counted(tmp_path: Path) -> None:
    """The earliest mistake is described, and how many more there are."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(EXAMPLE.replace("repeat: 40", "repeat: 0").replace("user: Can", "usr: Can"))
    with pytest.raises(BadFile, match=r"line 13: sessions\[2\]\.turns\[1\]\.usr is unknown; .* \(1 more\)\."):
        load(path, {})
