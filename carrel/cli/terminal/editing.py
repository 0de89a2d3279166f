"""Change a text in the user's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from carrel.errors import UsageError


def ask_editor(text: str, folder: Path) -> str:
    """Return the text as it was left in the editor. Raise UsageError where the editor fails."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=".txt", dir=folder, encoding="utf-8") as file:
        file.write(text)
        file.flush()
        try:
            done = subprocess.run([*shlex.split(command), file.name], check=False)
        except OSError as error:
            raise UsageError(f"Editor '{command}' cannot be started: {error.strerror}.", "Set EDITOR.") from None
        if done.returncode:
            raise UsageError(f"Editor '{command}' ended with {done.returncode}; nothing was changed.", "Try again.")
        return Path(file.name).read_text(encoding="utf-8")
