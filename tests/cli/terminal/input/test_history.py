"""What was typed is kept for its owner alone, in full, and not at all in private."""

from pathlib import Path

from carrel.cli.terminal.input.history import MessageHistory
from carrel.memory.forgetting.files import clean_logs
from carrel.memory.phrases import Needles, fold


def open_history(path: Path, private: bool = False) -> MessageHistory:
    """Open a history in which `#` stands for a paste."""
    return MessageHistory(path, lambda text: text.replace("#", "one\ntwo"), lambda: private)


def test_entries_are_kept_in_full_and_once_in_a_row(tmp_path: Path) -> None:
    """A paste is stored as it was pasted; the same text again is one entry; the newest comes first."""
    history = open_history(tmp_path / "history")
    for text in ("a #", "a #", "小明", "a #"):
        history.append_string(text)
    again = open_history(tmp_path / "history")
    assert list(again.load_history_strings()) == ["a one\ntwo", "小明", "a one\ntwo"]
    assert (tmp_path / "history").stat().st_mode & 0o777 == 0o600


def test_a_private_session_leaves_nothing(tmp_path: Path) -> None:
    """In private nothing reaches the file, though it can be recalled while the chat lasts."""
    history = open_history(tmp_path / "history", private=True)
    history.append_string("my secret")
    assert history.get_strings() == ["my secret"]
    assert (tmp_path / "history").read_bytes() == b""


def test_what_is_erased_stays_erased(tmp_path: Path) -> None:
    """A hard forget removes an entry of many lines as well, and what is typed later does not bring it back."""
    history = open_history(tmp_path / "history")
    history.append_string("I like tea.")
    history.append_string("My sister\nis called Marie.")
    assert clean_logs(tmp_path, Needles(frozenset({fold("is called Marie.")}))) == 1
    history.append_string("I keep bees.")
    assert list(open_history(tmp_path / "history").load_history_strings()) == ["I keep bees.", "I like tea."]
    assert b"Marie" not in (tmp_path / "history").read_bytes()


def test_a_home_that_can_only_be_read_has_no_history(tmp_path: Path) -> None:
    """Where the file cannot be made, the editor works all the same."""
    history = open_history(tmp_path / "missing" / "history")
    history.append_string("I like tea.")
    assert history.get_strings() == ["I like tea."]
