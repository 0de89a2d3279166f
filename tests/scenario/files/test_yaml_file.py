"""Includes in a YAML file: what another file adds, and mistakes in it."""

from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.scenario.files.load import load


def test_includes(tmp_path: Path) -> None:
    """An included file adds what this one leaves out; included lists of turns and sessions replace the include."""
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


def test_a_mistake_in_an_included_file_is_reported_there(tmp_path: Path) -> None:
    """The error names the file and the line that contain the mistake."""
    (tmp_path / "talk.yaml").write_text("turns:\n  - user: Hello.\n  - usr: Bye.\n")
    path = tmp_path / "x.scenario.yaml"
    path.write_text("schema: carrel/scenario@1\nname: x\nsessions:\n  - turns:\n      - include: talk.yaml\n")
    with pytest.raises(BadFile, match=r"talk\.yaml', line 3: sessions\[1\]\.turns\[2\]\.usr is unknown"):
        load(path)
    (tmp_path / "talk.yaml").write_text("include: talk.yaml\n")
    with pytest.raises(BadFile, match="includes itself"):
        load(path)
    (tmp_path / "talk.yaml").write_text("sessions: []\n")
    with pytest.raises(BadFile, match=r"line 5: 'talk\.yaml' has no list 'turns'"):
        load(path)
    (tmp_path / "talk.yaml").unlink()
    with pytest.raises(BadFile, match=r"line 5: file 'talk\.yaml' does not exist in the same folder"):
        load(path)


HEAD = "schema: carrel/scenario@1\nname: x\nsessions:\n  - turns:\n"


@pytest.mark.parametrize(
    ("turn", "complaint"),
    [
        ("      - user:\n        expect: {reply: x}\n", r"line 5: user is empty"),
        ("      - user: ''\n", r"line 5: sessions\[1\]\.turns\[1\]\.user: is empty"),
        ("      - user: '  '\n", r"line 5: sessions\[1\]\.turns\[1\]\.user: is empty"),
        ("      - user: Hi.\n        expect:\n", r"line 6: expect is empty"),
        ("      - user: Hi.\n        replies:\n", r"line 6: replies is empty"),
        ("      - user: Hi.\n        paste: \n", r"line 6: paste is empty"),
        ("      - user: Hi.\n        replies: [{fail: }]\n", r"line 6: fail is empty"),
        ("      - user: Hi.\nsetup:\n", r"line 6: setup is empty"),
    ],
)
def test_a_key_without_a_value_is_named(tmp_path: Path, turn: str, complaint: str) -> None:
    """Whatever the key: what somebody began to write is not skipped in silence."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(HEAD + turn)
    with pytest.raises(BadFile, match=complaint):
        load(path)


def test_a_tool_may_be_called_with_nothing(tmp_path: Path) -> None:
    """Its arguments may be empty, or null."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(
        HEAD + "      - user: Hi.\n        replies: [{call: {look: }}, {call: {find: {limit: null}}}, Bye.]\n"
    )
    replies = load(path).scenario.sessions[0].turns[0].replies
    assert replies is not None
    assert [reply.call for reply in replies] == [({"look": None},), ({"find": {"limit": None}},), ()]


def test_surrogates_in_escapes(tmp_path: Path) -> None:
    """A pair is the character that it stands for; a lone one becomes the replacement character."""
    path = tmp_path / "x.scenario.yaml"
    path.write_text(HEAD + '      - user: "\\ud83d\\ude00 and \\ud83d."\n')
    assert load(path).scenario.sessions[0].turns[0].user == "😀 and \ufffd."
