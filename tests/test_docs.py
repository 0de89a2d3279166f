"""What the README and the tutorial show is what happens: every command, every printed line, every piece of Python."""

import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from carrel.cli import app

ROOT = Path(__file__).parent.parent
SHOWN = ("README.md", "docs/tutorial.md")
"""The pages that are followed step by step."""
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(carrel [^`\n]+)`")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?")
SERVED = re.compile(r"_API_KEY|_BASE_URL|ollama|llama-server|vllm")
"""What a console says that connects a model server: such a block cannot be followed here."""
NOTHING = ("Nothing found.", '"hits": []')
LIMIT = 120
"""Seconds after which a command is stuck, even on a busy machine that writes the embedding model first."""

TALK = (
    {"role": "user", "text": "I found work at the marine institute.", "speaker": "Ben", "at": "2025-05-01T09:00:00Z"},
    {"role": "assistant", "text": "Congratulations!", "at": "2025-05-01T09:01:00Z"},
)
NOTES = "# Notes\n\nThe boat is moored in Porto.\n\nAda keeps bees.\n"


@dataclass(slots=True)
class Command:
    """A command of a console block: what is typed after it starts, and the lines that it is said to print."""

    text: str
    typed: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)


def fences(page: str, kind: str) -> list[str]:
    """Return the blocks of one kind on a page, in order."""
    return [body for found, body in FENCE.findall((ROOT / page).read_text(encoding="utf-8")) if found == kind]


def commands(block: str) -> Iterator[Command]:
    """Yield the commands of a console block; a line that ends with a backslash goes on in the next."""
    now = Command("")
    for line in block.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            if now.text:
                yield now
            now = Command(line[2:].strip())
        elif line.startswith("> "):
            now.typed.append(line[2:])
        elif line.strip():
            now.printed.append(line.strip())
    if now.text:
        yield now


def ours(page: str) -> list[Command]:
    """Return the commands of a page that begin with `carrel`; set-up and other programs are for CI and for people."""
    blocks = [block for block in fences(page, "console") if not SERVED.search(block)]
    return [command for block in blocks for command in commands(block) if command.text.startswith("carrel ")]


def pattern(line: str) -> re.Pattern[str]:
    """Return what a printed line must look like: any date for a date, anything for an ellipsis."""
    parts = (re.escape(part) for part in DATE.sub("\0", line).split("\0"))
    return re.compile(DATE.pattern.join(parts).replace("…", ".*"))


def missing(printed: list[str], output: str) -> list[str]:
    """Return the lines that a page promises and the output does not have, in this order."""
    lines = iter([line.strip() for line in output.splitlines()])
    return [line for line in printed if not any(pattern(line).fullmatch(found) for found in lines)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the pages speak of, and `carrel` in a folder beside it."""
    place = tmp_path / "folder"
    place.mkdir()
    talk = "".join(json.dumps({**said, "session": "may"}) + "\n" for said in TALK)
    (place / "talk.jsonl").write_text(talk, encoding="utf-8")
    (place / "notes.md").write_text(NOTES, encoding="utf-8")
    (place / "examples").symlink_to(ROOT / "examples")
    program = tmp_path / "bin" / "carrel"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m carrel "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    return place


def run(arguments: list[str], folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program in the folder, with `carrel` on the path."""
    path = f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        arguments,
        cwd=folder,
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.process
@pytest.mark.parametrize("page", SHOWN)
def test_every_command_prints_what_the_page_shows(page: str, folder: Path) -> None:
    """In order, in an empty home, with the offline model: each ends with 0, finds something and prints those lines."""
    shown = ours(page)
    assert any(command.printed for command in shown)
    for command in shown:
        done = run(["/bin/sh", "-c", command.text], folder, "".join(f"{line}\n" for line in command.typed))
        told = f"$ {command.text}\n{done.stdout}{done.stderr}"
        failure = any(line.startswith("Error: ") for line in command.printed)
        assert (done.returncode != 0) == failure, told
        assert done.stdout or failure, told
        assert missing(command.printed, done.stdout + done.stderr) == [], told
        assert command.printed or not any(nothing in done.stdout for nothing in NOTHING), told


BLOCKS = [(page, number) for page in SHOWN for number in range(len(fences(page, "python")))]


@pytest.mark.process
@pytest.mark.parametrize(("page", "number"), BLOCKS)
def test_every_piece_of_python_runs(page: str, number: int, folder: Path) -> None:
    """As it stands on the page, in an empty home, without a word on standard error."""
    done = run([sys.executable, "-c", fences(page, "python")[number]], folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def mentioned(page: str) -> list[str]:
    """Return every command line of ours on a page, in its text, its tables and its blocks."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [line.strip().removeprefix("$ ") for _, body in FENCE.findall(text) for line in body.splitlines()]
    return [*INLINE.findall(FENCE.sub("", text)), *(line for line in lines if line.startswith("carrel "))]


def words(line: str) -> list[str]:
    """Return the words of a command line, as a shell parts them."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # an apostrophe
        return line.split()


def unknown(line: str) -> list[str]:
    """Return the commands and options of a command line that the program does not have."""
    command: Any = get_command(app)
    options = {"--help", "-h", *(name for option in command.params for name in option.opts)}
    found: list[str] = []
    for word in words(line)[1:]:
        if word.startswith("-") and len(word) > 1:
            found += [word] if word.split("=")[0] not in options else []
        elif word != "…" and (group := getattr(command, "commands", None)):
            names = word.split("|")
            if not set(names) <= set(group):
                return [*found, word]
            command = group[names[0]]
            options |= {name for option in command.params for name in option.opts}
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page: str) -> None:
    """No page names a command or an option that the program does not have."""
    assert {line: unknown(line) for line in mentioned(page) if unknown(line)} == {}


def test_the_page_of_commands_is_what_the_help_says() -> None:
    """`make commands` was run after the last change of a command."""
    written = runpy.run_path(str(ROOT / "docs" / "commands.py"))["page"]()
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == written


def test_these_tests_can_fail() -> None:
    """A line that is not printed, or in another order, and a command that is not there, are told."""
    output = "Noted.\nFrom my memory, 2031-12-24, user: x\n"
    assert missing(["From my memory, 2026-01-05, user: x"], output) == []
    assert missing(["Noted.", "From … x"], output) == []
    assert missing(["Noted"], output) == ["Noted"]
    assert missing(["From … x", "Noted."], output) == ["Noted."]
    assert unknown('carrel memory search "it\'s" --limit 3 --json') == []
    assert (unknown("carrel memory serach x"), unknown("carrel ask x --jsno")) == (["serach"], ["--jsno"])
    block = '$ make chat\n$ carrel ask \\\n  "Hello"\nNoted.\n\n$ carrel chat\n> Hi\nNoted.\n'
    assert list(commands(block)) == [
        Command("make chat"),
        Command('carrel ask    "Hello"', printed=["Noted."]),
        Command("carrel chat", ["Hi"], ["Noted."]),
    ]
