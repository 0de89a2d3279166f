"""Scenario files: what they say, what they include, and how a mistake is told."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from carrel.errors import BadFile
from carrel.scenario.files.load import find, load
from carrel.scenario.files.schema import json_schema
from tests.scenario.stories import story, written

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = Path(__file__).parents[3] / "examples" / "scenarios"

GOOD = """\
schema: carrel/scenario@1
name: peanuts
agent: {model: "${WHICH:-offline}", window: 4096, embedder: none}
clock: {start: 2026-01-05T09:00:00+01:00, per_turn: 30s}
sessions:
  - turns:
      - user: yes
        expect:
          - core.human: {contains: peanut}
  - id: s2
    advance: 21d
    turns:
      - user: Can I eat satay?
        repeat: 40
        expect:
          - reply: {matches: "(?i)peanut"}
"""

WRONG = [
    ("contains: peanut", "contain: peanut", 9, "core.human.contain is not known; did you mean 'contains'?"),
    ("user: Can", "usr: Can", 13, "sessions[2].turns[1].usr is not known; did you mean 'user'?"),
    ("repeat: 40", "repeat: forty", 14, "Input should be a valid integer, unable to parse string"),
    ("repeat: 40", "repeat: 0", 14, "Input should be greater than or equal to 1, not 0"),
    ("advance: 21d", "advance: 21 days", 11, "'21 days' is not a span of time like 30s, 45m, 2h30m, 21d or 3w"),
    ("(?i)peanut", "(peanut", 16, "'(peanut' is not a regular expression: missing )"),
    ("start: 2026-01-05T09:00:00+01:00", "start: tomorrow", 4, "clock.start: 'tomorrow' is not a moment like"),
    ("id: s2", "id: s1", 1, "two sessions have the id 's1'"),
    ("id: s2", "id: last", 10, "is not usable as a session's id"),
    ("name: peanuts\n", "", 1, "name is missing"),
    ("scenario@1", "scenario@9", 1, "schema is 'carrel/scenario@9'. A scenario begins with: schema: carrel/scenario@1"),
    ("schema: carrel/scenario@1\n", "", 1, "schema is missing"),
    ("window: 4096", "window: 40", 3, "Setting 'window' is 40. It must lie between 500"),
    ("embedder: none", "settings: {windw: 1}", 3, "Setting 'windw' (flag) is unknown. Did you mean 'window'?"),
    ("${WHICH:-offline}", "${WHICH}", 3, "the variable WHICH is not set. Set it, or write ${WHICH:-offline}"),
    (
        "user: Can I",
        "user: Can: I",
        13,
        "not valid YAML: mapping values are not allowed here. Put text that holds ': '",
    ),
    ("repeat: 40", "user: twice", 14, "'user' stands here a second time. First in line 13"),
    ("repeat: 40", "paste: nowhere.txt", 14, "file 'nowhere.txt' does not exist beside this one"),
    ("user: Can I eat satay?\n", "aside: true\n", 13, "without user or paste there is only expect"),
    ('{matches: "(?i)peanut"}', "{}", 16, "say at least one of contains, not_contains, matches"),
    ("clock: {", "expect: []\nclock: {zone: x, ", 5, "clock.zone is not known; there is per_turn, start"),
    ("user: yes", "user: [a, b]", 7, "Input should be a valid string, not ['a', 'b']"),
    ("user: yes", "user: !!binary aGk=", 7, "the tag tag:yaml.org,2002:binary is not known"),
]


@pytest.mark.parametrize(
    ("good", "bad", "line", "said"), WRONG, ids=[f"{n} {item[1][:24].strip()}" for n, item in enumerate(WRONG)]
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, good: str, bad: str, line: int, said: str) -> None:
    """What is wrong is said with the file, the line, what stands there and what was expected."""
    assert GOOD.count(good) == 1
    path = tmp_path / "x.scenario.yaml"
    path.write_text(GOOD.replace(good, bad))
    with pytest.raises(BadFile) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"'{path}', line {line}: ")
    assert said in str(caught.value)


def test_what_a_file_says(tmp_path: Path) -> None:
    """Texts stay texts, spans and moments are read, variables are filled in, sessions get their ids."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(GOOD)
    source = load(path, {"WHICH": "gpt-9"})
    scenario = source.scenario
    assert scenario.sessions[0].turns[0].user == "yes"
    assert [session.id for session in scenario.sessions] == ["s1", "s2"]
    assert scenario.sessions[1].advance.days == 21
    assert scenario.clock.start.isoformat() == "2026-01-05T09:00:00+01:00"
    assert (scenario.agent.model, load(path, {}).scenario.agent.model) == ("gpt-9", "offline")
    assert source.line("sessions", 1, "turns", 0, "expect", 0) == 16
    assert (source.slug, source.cassette) == ("x", tmp_path / "x.cassette.jsonl")


@pytest.mark.parametrize("content", [b"", b"- a list", b"\xff\xfe", b"a: &a [*a]\nschema: carrel/scenario@1", b"a: *b"])
def test_what_is_no_scenario(tmp_path: Path, content: bytes) -> None:
    """An empty file, a list, what is not UTF-8, and an alias within itself are refused in a sentence."""
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"x\.yaml"):
        load(path)


def test_includes(tmp_path: Path) -> None:
    """What another file says fills in what this one leaves open; lists of turns and sessions are spliced in."""
    (tmp_path / "common.yaml").write_text(
        "agent: {window: 3000, embedder: none}\nsetup: {archival: [One.]}\ntags: [a]\n"
    )
    (tmp_path / "talk.yaml").write_text("turns:\n  - user: Hello.\n  - user: Bye.\n")
    (tmp_path / "past.yaml").write_text("sessions:\n  - id: past\n    turns: [{include: talk.yaml}]\n")
    path = tmp_path / "x.scenario.yaml"
    path.write_text(
        "include: common.yaml\nschema: carrel/scenario@1\nname: x\nagent: {window: 4000}\nsetup: {archival: [Two.]}\n"
        "sessions:\n  - include: past.yaml\n  - id: now\n"
        "    turns:\n      - user: First.\n      - include: [talk.yaml]\n"
    )
    scenario = load(path).scenario
    assert (scenario.agent.window, scenario.agent.embedder, scenario.tags) == (4000, "none", ("a",))
    assert [item.text for item in scenario.setup.archival] == ["One.", "Two."]
    said = {session.id: [turn.user for turn in session.turns] for session in scenario.sessions}
    assert said == {"past": ["Hello.", "Bye."], "now": ["First.", "Hello.", "Bye."]}


def test_a_mistake_in_an_included_file_is_told_there(tmp_path: Path) -> None:
    """The file and the line are those where the mistake stands."""
    (tmp_path / "talk.yaml").write_text("turns:\n  - user: Hello.\n  - usr: Bye.\n")
    path = tmp_path / "x.scenario.yaml"
    path.write_text("schema: carrel/scenario@1\nname: x\nsessions:\n  - turns:\n      - include: talk.yaml\n")
    with pytest.raises(BadFile, match=r"talk\.yaml', line 3: sessions\[1\]\.turns\[2\]\.usr is not known"):
        load(path)
    (tmp_path / "talk.yaml").write_text("include: talk.yaml\n")
    with pytest.raises(BadFile, match="includes itself"):
        load(path)
    (tmp_path / "talk.yaml").write_text("sessions: []\n")
    with pytest.raises(BadFile, match=r"line 5: 'talk\.yaml' has no list 'turns'"):
        load(path)
    (tmp_path / "talk.yaml").unlink()
    with pytest.raises(BadFile, match=r"line 5: 'talk\.yaml' does not exist beside"):
        load(path)


def test_files_are_found(tmp_path: Path) -> None:
    """A folder means its scenario files, in it and below; a file means itself, whatever its name."""
    one = written(tmp_path / "b" / "one.scenario.yaml", story("Hi."))
    two = written(tmp_path / "a.scenario.yml", story("Hi."))
    other = written(tmp_path / "other.yaml", story("Hi."))
    assert sorted(find([tmp_path])) == [two, one]
    assert find([other, one, one]) == [other, one]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFile, match="holds no scenario"):
        find([tmp_path / "empty"])


def test_the_published_schema_is_the_loaders() -> None:
    """docs/scenario.schema.json is what `carrel run --schema` prints."""
    assert json.loads((DOCS / "scenario.schema.json").read_text(encoding="utf-8")) == json_schema()


def _as_given(path: Path) -> Any:
    from carrel.scenario.files.yaml_file import read

    return read(path).data


@pytest.mark.parametrize("path", find([EXAMPLES]), ids=lambda path: path.name)
def test_the_schema_takes_the_library(path: Path) -> None:
    """An editor that checks with the published schema finds nothing wrong in the stories."""
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(_as_given(path))) == []


@pytest.mark.parametrize(
    "wrong", [{"usr": "Hi."}, {"user": "Hi.", "expect": [{"replied": "x"}]}, {"user": 1, "repeat": 0}]
)
def test_the_schema_refuses_what_the_loader_refuses(wrong: dict[str, Any]) -> None:
    """A name that is not known and a number out of range are marked in the editor too."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(story(wrong), json_schema())
