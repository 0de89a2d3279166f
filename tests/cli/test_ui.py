"""`carrel ui` prints an address for one browser and ends cleanly; or writes one page into a file."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.harness import LIMIT, carrel, environment

OFFLINE = {"CARREL_MODEL": "offline"}


@pytest.fixture
def talked() -> None:
    """One turn of the default agent."""
    assert carrel("ask", "I like tea. 喜欢喝茶。", **OFFLINE).code == 0


@pytest.mark.process
@pytest.mark.network
@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_it_serves_until_it_is_stopped(talked: None, signal_number: signal.Signals, code: int) -> None:
    """The address is the only line on standard output; after Ctrl-C the exit code is 0."""
    command = [sys.executable, "-m", "carrel", "ui", "--no-open"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**OFFLINE)
    ) as running:
        assert running.stdout
        assert running.stderr
        address = running.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=LIMIT) as answer:
            assert answer.status == 200
        running.send_signal(signal_number)
        out, err = running.communicate(timeout=LIMIT)
    assert (running.returncode, out) == (code, "")
    assert err.startswith("The address is good for one browser, once. The page only reads;")
    assert "Traceback" not in err


@pytest.mark.process
@pytest.mark.network
@pytest.mark.parametrize(
    ("display", "options", "opens"), [(":0", [], True), (":0", ["--no-open"], False), ("", [], False)]
)
def test_a_browser_is_opened_where_there_is_a_display(
    talked: None, tmp_path: Path, display: str, options: list[str], opens: bool
) -> None:
    """The browser is given the address that is printed; without a display, or with --no-open, none is started."""
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o700)
    variables = environment(**OFFLINE, DISPLAY=display, WAYLAND_DISPLAY="", BROWSER=f"{browser} %s")
    command = [sys.executable, "-m", "carrel", "ui", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables) as running:
        assert running.stdout
        address = running.stdout.readline()
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            address.strip(), timeout=LIMIT
        ) as answer:
            assert answer.status == 200  # it serves only once the browser was started
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=LIMIT)
    assert (opened.read_text(encoding="utf-8") if opened.exists() else "") == (address if opens else "")


def test_one_page_is_written(talked: None, tmp_path: Path) -> None:
    """The file holds what was said, and nothing is served."""
    file = tmp_path / "memory.html"
    ran = carrel("ui", "--static", str(file), **OFFLINE)
    assert (ran.code, ran.out, ran.err) == (0, "", f"Wrote {file}.\n")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "\\u559c\\u6b22\\u559d\\u8336" in text


def test_what_cannot_be_done_is_told(talked: None, tmp_path: Path) -> None:
    """An agent that is not there is not created; a file cannot change memory, and a folder is no file."""
    ran = carrel("ui", "--agent", "nobody", **OFFLINE)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("Error: Agent 'nobody' does not exist.")
    ran = carrel("ui", "--write", "--static", str(tmp_path / "x.html"), **OFFLINE)
    assert (ran.code, ran.err) == (2, "Error: A page in a file cannot change memory. Leave --write out.\n")
    ran = carrel("ui", "--static", str(tmp_path), **OFFLINE)
    assert (ran.code, ran.err.startswith(f"Error: '{tmp_path}' cannot be written: ")) == (2, True)


def test_a_home_that_can_only_be_read_is_shown(
    talked: None, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is written, and nothing in the home is; the page says that nothing can be stored."""
    before = {path: path.stat().st_mtime_ns for path in (home, *home.rglob("*"))}
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and may(path, mode))  # root may write anywhere
    file = tmp_path / "memory.html"
    assert carrel("ui", "--static", str(file), **OFFLINE).code == 0
    text = file.read_text(encoding="utf-8")
    assert "I like tea." in text
    assert "it can only be read" in text
    assert {path: path.stat().st_mtime_ns for path in (home, *home.rglob("*"))} == before
