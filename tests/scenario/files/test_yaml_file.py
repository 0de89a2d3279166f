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
