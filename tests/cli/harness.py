"""Run the program: as a process of its own, or, where the process does not matter, its `main` in this one."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pexpect

from carrel.bootstrap import Carrel
from carrel.cli import main

LIMIT = 40
"""Seconds after which a process is stuck, even on a busy machine."""
PROMPT = r"\x1b\[\?2004h[^>]*>.*?\x1b\[\?25h"
"""The prompt, once the editor has taken over the terminal and shows the cursor."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The data in the envelope on standard output."""
        return json.loads(self.out)["data"]

    @property
    def error(self) -> Any:
        """The error in the envelope on standard error."""
        return json.loads(self.err)["error"]


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment with a few variables more; words only, unless said otherwise."""
    return {**os.environ, "CARREL_EMBEDDER": "none", **more}


def process(*arguments: str, stdin: bytes | str = b"", **more: str) -> Ran:
    """Run `carrel` in a process of its own."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "carrel", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, timeout=LIMIT, env=environment(**more))
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def carrel(*arguments: str, stdin: bytes | str = b"", **more: str) -> Ran:
    """Run the program's `main` here, with everything that a process has of its own put in its place."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    given = io.TextIOWrapper(io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin), "utf-8")
    mask = os.umask(0o077)
    try:
        with (
            patch.dict(os.environ, environment(**more)),
            patch.multiple(sys, argv=["carrel", *arguments], stdin=given, excepthook=sys.excepthook),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = _code(main)
    finally:
        os.umask(mask)
    out.seek(0)
    err.seek(0)
    return Ran(code, out.read(), err.read())


def _code(run: Callable[[], object]) -> int:
    try:
        run()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def write_jsonl(path: Path, *messages: Mapping[str, object]) -> Path:
    """Write messages as a file that `carrel import` takes."""
    path.write_text(
        "".join(json.dumps(dict(message), ensure_ascii=False) + "\n" for message in messages), encoding="utf-8"
    )
    return path


def sql(home: Path, *statements: str) -> list[Any]:
    """Run statements on the database as somebody who damages it would, and return the last one's rows."""
    with closing(sqlite3.connect(home / "carrel.db")) as connection, connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


def stored_messages(home: Path) -> list[tuple[str, str, str]]:
    """Return role, text and state of all messages."""
    with Carrel.open(home, "offline", "none") as opened:
        return [(message.role, message.text, message.state) for message in opened.agent("default").recall.latest(99)]


def words(pattern: str) -> str:
    """Return a pattern that is also found where a terminal's width divides it between words."""
    return pattern.replace(" ", r"\s+")


def said(home: Path) -> list[str]:
    """Return the texts of the user's messages."""
    return [text for role, text, _ in stored_messages(home) if role == "user"]


def wait_for_exit(child: pexpect.spawn) -> int | None:
    """Wait for the end and return the exit code."""
    child.expect(pexpect.EOF)
    child.wait()
    code = child.exitstatus
    assert code is None or isinstance(code, int)
    return code
