"""The history of the line editor: a file that only its owner can read, across sessions."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import FileHistory


class MessageHistory(FileHistory):
    """Keeps what was typed, with long pastes in full; in private nothing goes to the file."""

    def __init__(self, path: Path, expand: Callable[[str], str], is_private: Callable[[], bool]) -> None:
        self._is_private = is_private
        self._expand = expand
        with suppress(OSError):  # a home that can only be read has no history
            path.touch(mode=0o600)
        super().__init__(str(path))

    def append_string(self, string: str) -> None:
        """Add an entry, unless it repeats the last one."""
        text = self._expand(string)
        if self.get_strings()[-1:] != [text]:
            super().append_string(text)

    def store_string(self, string: str) -> None:
        """Write an entry into the file, if that may be and can be done."""
        if not self._is_private():
            with suppress(OSError):
                super().store_string(string)
