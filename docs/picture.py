"""Draw docs/first-conversation.svg: two real runs of `carrel chat` in a real terminal (tmux), as they looked.

Run from the repository root: `.venv/bin/python docs/picture.py`. Nothing in the picture is written by hand.
"""

import io
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).with_name("first-conversation.svg")
WIDTH = 100
TYPED = (
    ("carrel chat", "agent 'default'"),
    ("My name is Ada and I'm allergic to peanuts.", "remembered about you"),
    ("I moved from Bonn to Porto last March.", "last March.   /undo"),
    ("/quit", "$"),
    ("carrel chat    # a new session, a new process", "4 messages"),
    ("What am I allergic to?", "— you"),
    ("Where do I live?", "before that Bonn"),
)


def tmux(*arguments: str) -> str:
    """Run tmux on a server of our own."""
    command = ["tmux", "-L", f"carrel-picture-{os.getpid()}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def wait_for(text: str) -> None:
    """Wait until the text stands on the screen, at most 30 seconds."""
    for _ in range(300):
        if text in tmux("capture-pane", "-p"):
            return
        time.sleep(0.1)
    raise SystemExit(f"{text!r} did not appear:\n{tmux('capture-pane', '-p')}")


def screen(home: str) -> str:
    """Type the conversation and return the screen with its colours."""
    shell = f"env CARREL_HOME={home} PATH={Path('.venv/bin').resolve()}:$PATH PS1='$ ' bash --norc --noprofile"
    tmux("new-session", "-d", "-x", str(WIDTH), "-y", "40", shell)
    try:
        wait_for("$")
        for text, answer in TYPED:
            tmux("send-keys", "-l", text)
            tmux("send-keys", "Enter")
            wait_for(answer)
            time.sleep(1.0)
        return tmux("capture-pane", "-e", "-p").rstrip()
    finally:
        tmux("kill-server")


def main() -> None:
    """Write the picture; fonts are the reader's own, nothing is fetched."""
    with tempfile.TemporaryDirectory() as home:
        shown = Text.from_ansi(screen(home))
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(shown)
    plain = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    PICTURE.write_text(console.export_svg(title="carrel", code_format=plain), encoding="utf-8")


if __name__ == "__main__":
    main()
