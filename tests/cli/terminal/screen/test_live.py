"""Answers at a terminal: Markdown that grows, what moves below it, and nothing that a text could do to the screen."""

import threading
from pathlib import Path

import pytest

from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import call, calls, say
from carrel.protocols import Reply, Request
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer, Fault
from carrel.testing.wire import delta
from tests.cli.conftest import Emulate
from tests.cli.harness import LIMIT, stored_messages

pytestmark = [pytest.mark.terminal, pytest.mark.network]

ANSWER = """# Bees

A bee is **small**; see `hive` and <b>this</b>.

- The first item is called Monday, and it is so long that it is wrapped.
- second

| name | honey |
|---|---|
| 小明 | much |

```python
def hive():
    return "honey"
```

Done m-12abcdef34.\x1b[2J\x1b]0;title\x07"""

WIDE = """Bees

A bee is small; see hive and <b>this</b>.

 • The first item is called Monday, and it is so long that it is
   wrapped.
 • second

 name  honey
 ───────────
 小明  much

def hive():
    return "honey"

Done m-12abcdef34."""


CONNECTED = {"CARREL_MODEL": "any", "CARREL_CONTRACT": "native", "CARREL_TOOLS": "all"}
"""The settings of a model that needs no probing."""


Item = AssistantMessage | Reply | Exception


def unwide(text: str) -> str:
    """Return a text as it was written: pyte shows an empty cell after a wide character."""
    return text.replace("小 明 ", "小明")


@pytest.mark.parametrize("columns", [66, 120])
def test_markdown_is_rendered_and_stays_in_the_scrollback(emulate: Emulate, columns: int) -> None:
    """Each line is there once, whole words only; what would control the terminal is no longer there."""
    with FakeServer([say(ANSWER)]) as server:
        terminal = emulate(columns=columns, rows=12, **CONNECTED, CARREL_BASE_URL=server.url)
        terminal.wait_for_line("> ?")
        terminal.send("Bees?\r")
        terminal.wait_for("Done m-12abcdef34.")
        terminal.wait_for_line("> ?")
    expected = WIDE if columns == 66 else WIDE.replace("it is\n   wrapped", "it is wrapped")
    told = unwide(terminal.text).partition("> Bees?\n")[2]
    assert told.startswith(expected)
    assert b"\x1b[2J" not in terminal.raw
    assert b"\x1b]0;" not in terminal.raw


def test_without_colours_there_is_no_style(emulate: Emulate) -> None:
    """With NO_COLOR the same lines have no colours and no other styles."""
    with FakeServer([say(ANSWER)]) as server:
        terminal = emulate(columns=66, rows=40, **CONNECTED, CARREL_BASE_URL=server.url, NO_COLOR="1")
        terminal.wait_for_line("> ?")
        begun = len(terminal.raw)
        terminal.send("Bees?\r")
        terminal.wait_for("Done m-12abcdef34.")
        answer = terminal.raw[begun:].partition(b"A bee is ")[2]
    assert answer.startswith(b"small; see hive and <b>this</b>.")
    assert WIDE in unwide(terminal.text)


def test_phases_calls_and_interruptions_are_shown(emulate: Emulate, home: Path) -> None:
    """A spinner names the phase, a call is one line with the size of its result, Ctrl-C keeps what was said."""
    asked, go_on = threading.Event(), threading.Event()
    script: list[Item] = [
        calls(say("Let me look."), call("recall_search", query="bees")),
        call("core_memory_append", label="human", content="Keeps bees."),
        call("nothing", x=1),
        say("You keep bees."),
        fault("stall-midstream"),
    ]

    def answer(request: Request) -> Item:
        asked.set()
        assert go_on.wait(LIMIT)
        return script.pop(0)

    with FakeServer(answer) as server:
        terminal = emulate(**CONNECTED, CARREL_BASE_URL=server.url)
        terminal.wait_for_line("> ?")
        terminal.send("What do I keep?\r")
        assert asked.wait(LIMIT)
        terminal.wait_for("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] thinking \\d s")
        go_on.set()
        terminal.wait_for("✎ remembered about you: Keeps bees.   /undo")
        terminal.wait_for_line("> ?")
        lines = terminal.text.partition("> What do I keep?\n")[2].rstrip().split("\n")
        assert lines[:6] == [
            "Let me look.",
            "⌕ searched memory: bees",
            lines[2],
            "You keep bees.",
            "✎ remembered about you: Keeps bees.   /undo",
            "",
        ]
        assert lines[2].startswith("⚙ nothing(x=1) → Error: ")
        assert "thinking" not in terminal.text
        terminal.send("Speak\r")
        terminal.wait_for("Half an answer")
        terminal.send("\x03")
        terminal.wait_for("interrupted; what was said so far is kept")
        terminal.wait_for_line("> ?")
    assert stored_messages(home)[-1] == ("assistant", "Half an answer tha", "interrupted")


def test_a_window_that_becomes_narrow_loses_nothing(emulate: Emulate) -> None:
    """Text that arrives after the window was made narrow is wrapped to its width, and no word is left out."""
    words = [f"word{number:03}" for number in range(150)]
    pieces = [delta({"content": f"{word} "}) for word in words]
    with FakeServer([Fault(200, chunks=[*pieces, delta({}, "stop")], pause=0.01)]) as server:
        terminal = emulate(columns=100, rows=24, **CONNECTED, CARREL_BASE_URL=server.url)
        terminal.wait_for_line("> ?")
        terminal.send("Count\r")
        terminal.wait_for("word050")
        terminal.resize(40, 24)
        terminal.wait_for("word149")
        terminal.wait_for_line("> ?")
    told = terminal.text
    late = told[told.index("word100") :].split()
    assert late[:50] == words[100:]
    assert all(len(line) < 40 for line in told.split("\n"))
