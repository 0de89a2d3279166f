"""The user's own tools: from files and entry points, sync and async, with limits and consent."""

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.events import Answer, ToolReturned
from carrel.bootstrap import Carrel
from carrel.errors import BadConfig
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.tools import loading
from carrel.tools.tool import tool

FILE = '''
import asyncio, time
from carrel import ToolContext, tool

@tool
def add(a: int, b: int = 2) -> int:
    """Add numbers.

    Args:
        a: the first
    """
    return a + b

@tool(effect="none")
async def wait(seconds: float) -> str:
    """Wait."""
    await asyncio.sleep(seconds)
    return "Waited."

@tool(timeout=0.1)
async def wait_too_long() -> None:
    """Wait too long."""
    await asyncio.sleep(60)

@tool(timeout=0.1)
def hang() -> None:
    """Hang."""
    time.sleep(2)

@tool(output=50)
def talk() -> str:
    """Talk."""
    return "word " * 1000

@tool(effect="memory")
async def keep(context: ToolContext, text: str) -> str:
    """Keep a text."""
    return context.memory.archival.insert(text, cause=context.cause).passage.id

@tool(effect="none")
def look(context: ToolContext) -> int:
    """Count what is kept."""
    return context.memory.archival.count()

@tool(approval="never")
def secret() -> None:
    """Never offered."""

@tool(approval="ask")
def post(text: str) -> str:
    """Post."""
    return f"Posted {text}."

not_a_tool = 5
'''


def configured(home: Path, toml: str = 'files = ["mine.py"]', file: str = FILE) -> Path:
    """Write a file of tools and config.toml into a home."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "mine.py").write_text(file, encoding="utf-8")
    (home / "config.toml").write_text(f"[tools]\n{toml}\n", encoding="utf-8")
    return home


def asked(home: Path, *script: AssistantMessage, **options: Any) -> tuple[list[tuple[str, bool]], ScriptedModel]:
    """Let a model make calls, and return their results."""
    model = ScriptedModel([*script, say("Done.")])
    with Carrel.open(home, model, "none", tools=options.get("tools", ())) as carrel:
        carrel.approve = options.get("approve")
        answer = carrel.agent("ada").session().send("Go")
    assert isinstance(answer, Answer)
    assert answer.text == "Done."
    return [(event.text, event.ok) for event in answer.events if isinstance(event, ToolReturned)], model


def test_tools_of_a_file_are_offered_and_called(home: Path) -> None:
    """Signature and docstring are what the model sees; sync and async functions run alike."""
    results, model = asked(configured(home), call("add", a=1), call("wait", seconds=0.001), call("keep", text="Bees."))
    assert results[:2] == [("3", True), ("Waited.", True)]
    assert results[2][0].startswith("p-")
    offered = {item.name: item for item in model.requests[0].tools}
    assert "secret" not in offered
    assert offered["add"].parameters == {
        "type": "object",
        "properties": {"a": {"type": "integer", "description": "the first"}, "b": {"type": "integer"}},
        "required": ["a"],
    }
    assert offered["keep"].parameters["required"] == ["text"]


def test_a_tool_that_hangs_is_a_result(home: Path) -> None:
    """After its time limit a call, sync or async, is answered; the turn goes on, and so does the next call."""
    results, _ = asked(configured(home), calls(call("hang"), call("wait_too_long"), call("look")))
    told = "did not end within 0.1 seconds. Whether it took effect is unknown. Do not simply repeat it."
    assert results == [(f"Error: hang {told}", False), (f"Error: wait_too_long {told}", False), ("0", True)]


def test_a_result_is_cut_to_its_cap(home: Path) -> None:
    """However long a result is, it takes no more than its tool allows."""
    ((text, ok),), _ = asked(configured(home), call("talk"))
    assert (len(text), ok) == (50, True)
    assert text.endswith("[…cut: 5000 characters]")


def test_a_call_that_needs_consent(home: Path) -> None:
    """It is made if the user agrees, refused if not, and refused where nobody can be asked; each is a result."""
    place = configured(home)
    alone, _ = asked(place, call("post", text="a"))
    refused, _ = asked(place, call("post", text="b"), approve=lambda name, arguments: False)
    agreed, _ = asked(place, call("post", text="c"), approve=lambda name, arguments: "c" in arguments)
    assert alone == [("Error: post needs the user's consent, and nobody can be asked here. Tell the user.", False)]
    assert refused == [("Error: The user did not allow post. Do not call it again like this.", False)]
    assert agreed == [("Posted c.", True)]


def test_settings_govern_consent(home: Path) -> None:
    """[tools.approval] overrides what a tool says, for tools of any origin."""
    place = configured(home, 'files = ["mine.py"]\n[tools.approval]\npost = "always"\nadd = "never"\nown = "ask"')

    @tool
    def own() -> None:
        """Do."""

    results, model = asked(place, call("post", text="x"), call("own"), tools=(own,))
    assert results[0] == ("Posted x.", True)
    assert results[1][0].startswith("Error: own needs the user's consent")
    assert "add" not in {item.name for item in model.requests[0].tools}


@pytest.mark.parametrize(
    ("toml", "file", "told"),
    [
        ('files = ["no.py"]', FILE, r"Tool file '.*no.py' does not exist. Correct 'files' in the table \[tools\]."),
        ('files = ["mine.py"]', "def f(:", r"Tool file '.*mine.py' cannot be loaded: SyntaxError: "),
        ('files = ["mine.py"]', "1 / 0", r"Tool file '.*mine.py' cannot be loaded: ZeroDivisionError: "),
        ('files = ["mine.py"]', "raise Exception('odd')", r"Tool file '.*mine.py' cannot be loaded: Exception: odd"),
        ('files = ["mine.py"]', "import nothing_like_this", r"cannot be loaded: ModuleNotFoundError: "),
        ('files = ["mine.py"]', "x = 1", r"Tool file '.*mine.py' holds no tool. Put @tool before a function"),
        ('files = ["mine.py", "mine.py"]', FILE, r"Tool 'add' is there twice. Give one of them another name."),
        ('files = "mine.py"', FILE, r"Setting 'tools.files' is 'mine.py'. Write a list of texts"),
        ('fils = ["mine.py"]', FILE, r"Setting 'tools.fils' is unknown. There is: approval, entry_points, files."),
        ('[tools.approval]\npost = "maybe"', FILE, r"Setting 'tools.approval.post' is 'maybe'. Write one of always"),
        ('[mcp.x]\nurl = ""', FILE, r"Table 'mcp.x' needs a command or a url."),
        ('[mcp.x]\nurl = "u"\ntimeout = -1', FILE, r"Setting 'mcp.x.timeout' is -1. Write a number above 0."),
    ],
)
def test_what_cannot_be_loaded_is_told(home: Path, toml: str, file: str, told: str) -> None:
    """Each mistake in the settings or the file is a sentence with a remedy."""
    place = configured(home, toml, file)
    with pytest.raises(BadConfig, match=told), Carrel.open(place, "offline", "none") as carrel:
        carrel.agent("ada").session()


def test_entry_points_are_tools(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a package offers under carrel.tools is there; one that cannot be loaded is told by name."""
    points = [EntryPoint("memory", "carrel.tools.found_nowhere", loading.GROUP)]
    monkeypatch.setattr(loading, "entry_points", lambda group: points)
    with pytest.raises(BadConfig, match=r"Entry point 'memory' of 'carrel.tools' cannot be loaded"):
        asked(home, say("x"))
    points[:] = [EntryPoint("offered", "tests.tools.offered:TOOLS", loading.GROUP)]
    results, _ = asked(home, call("greet", name="Ada"))
    assert results == [("Hello, Ada.", True)]
    points[:] = [EntryPoint("offered", "tests.tools.offered", loading.GROUP)]
    assert asked(home, call("greet", name="Bo"))[0] == [("Hello, Bo.", True)]
    (home / "config.toml").write_text("[tools]\nentry_points = false\n", encoding="utf-8")
    assert asked(home, call("greet", name="Cy"))[0][0][0].startswith("Error: Tool 'greet' does not exist.")
