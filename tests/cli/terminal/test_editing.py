"""A text in the user's own editor."""

from pathlib import Path

import pytest

from carrel.cli.terminal.editing import ask_editor
from carrel.errors import UsageError


@pytest.mark.process
def test_the_text_as_the_editor_left_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$VISUAL goes before $EDITOR; one that fails or is not there is named, and changes nothing."""
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", "sed -i s/tea/coffee/")
    assert ask_editor("I like tea.", tmp_path) == "I like coffee."
    monkeypatch.delenv("VISUAL")
    with pytest.raises(UsageError, match="ended with 1; nothing was changed"):
        ask_editor("I like tea.", tmp_path)
    monkeypatch.setenv("EDITOR", "no-such-editor")
    with pytest.raises(UsageError, match="cannot be started"):
        ask_editor("I like tea.", tmp_path)
    assert list(tmp_path.iterdir()) == []
