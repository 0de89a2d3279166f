"""What the project says of its own code: sizes, docstrings, errors, clocks, links."""

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "carrel"
FOLDERS = ("carrel", "tests", "benchmarks", "examples", "docs")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
MEDIAN_OF_A_FUNCTION = 10
TOOL_BOUNDARY = "carrel/tools/tool.py"
"""Where whatever a tool raises becomes a result: the one place that may swallow any error."""
OWN_TIME = ("carrel/clock.py",)
"""Who reads the machine's time."""
NOW = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.localtime"}
PROMPT_TEXT = re.compile(
    r"<context|<desk|\[core memory|Recalled for this|now holds|Summary of what was said|^Note: |Core memory has|"
    r"\[mp\]-|Search for: |…cut\]"
)
"""What begins the lines that Carrel writes for the model."""
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Parsed:
    """A Python file: its path from the root, its text and its tree."""

    name: str
    text: str
    tree: ast.Module


def _parsed(path: Path) -> Parsed:
    text = path.read_text(encoding="utf-8")
    return Parsed(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


@pytest.fixture(scope="module")
def everything() -> list[Parsed]:
    """Every Python file of the project."""
    return [_parsed(path) for path in FILES]


@pytest.fixture(scope="module")
def package(everything: list[Parsed]) -> list[Parsed]:
    """Every Python file of the package."""
    return [file for file in everything if file.name.startswith("carrel/")]


def _functions(files: list[Parsed]) -> Iterator[tuple[str, Function]]:
    """Yield every function and method with a name by which one finds it."""
    for file in files:
        for node in ast.walk(file.tree):
            if isinstance(node, Function):
                yield f"{file.name}:{node.lineno} {node.name}", node


def _length(function: Function) -> int:
    """Return the lines of a function, from `def` to its last, docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_long(everything: list[Parsed]) -> None:
    """A file can be read at once."""
    assert len(everything) > 100
    lengths = {file.name: len(file.text.splitlines()) for file in everything}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FILE} == {}


def test_no_function_is_long(everything: list[Parsed]) -> None:
    """A function fits on a screen; half of those in the package are under ten lines."""
    lengths = {name: _length(function) for name, function in _functions(everything)}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FUNCTION} == {}
    own = [length for name, length in lengths.items() if name.startswith("carrel/")]
    assert statistics.median(own) < MEDIAN_OF_A_FUNCTION


def test_every_test_states_its_invariant(everything: list[Parsed]) -> None:
    """A test function says in its docstring what holds."""
    tests = [(name, node) for name, node in _functions(everything) if "/test_" in name and node.name.startswith("test")]
    assert len(tests) > 300
    assert [name for name, node in tests if not ast.get_docstring(node)] == []


def test_the_schema_is_for_the_tests_of_memory_alone(everything: list[Parsed]) -> None:
    """Tests of other packages see memory as programs do; what they must damage, `tests/memory/damage.py` damages."""
    own = ("carrel/memory/", "tests/memory/", "tests/migrations/", "tests/test_architecture.py")
    others = [file for file in everything if not file.name.startswith(own)]
    assert [file.name for file in others if "from carrel.memory.db.schema" in file.text] == []


def test_only_memory_sees_the_scope_of_an_agent(package: list[Parsed]) -> None:
    """Others open a transaction by `memory.transaction()`, and hold the agent by `memory.lease()`."""
    others = [file for file in package if not file.name.startswith("carrel/memory/")]
    assert [file.name for file in others if re.search(r"\.scope\b", file.text)] == []


def _is_overload(node: Documented) -> bool:
    return any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list)


def _public(file: Parsed) -> Iterator[tuple[str, ast.Module | Documented]]:
    """Yield what others may use: the module, its public classes and functions, and their public methods."""
    yield file.name, file.tree
    places: list[tuple[str, ast.AST]] = [(file.name, file.tree)]
    while places:
        prefix, place = places.pop()
        for node in ast.iter_child_nodes(place):
            if isinstance(node, Documented) and not node.name.startswith("_") and not _is_overload(node):
                yield f"{prefix}:{node.name}", node
                if isinstance(node, ast.ClassDef):
                    places.append((f"{prefix}:{node.name}", node))


def test_everything_public_is_explained(package: list[Parsed]) -> None:
    """Every module, class, function and method whose name has no underscore has a docstring."""
    found = [item for file in package for item in _public(file)]
    assert len(found) > 400
    assert [name for name, node in found if not ast.get_docstring(node)] == []


def _is_broad(kind: ast.expr | None) -> bool:
    names = {node.id for node in ast.walk(kind) if isinstance(node, ast.Name)} if kind else {"BaseException"}
    return bool(names & {"Exception", "BaseException"})


def _broad(file: Parsed) -> Iterator[str]:
    """Yield the file's name for each place that takes any error."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
            yield file.name
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("suppress")
            and any(map(_is_broad, node.args))
        ):
            yield file.name


def test_one_place_swallows_any_error(package: list[Parsed]) -> None:
    """There is exactly one broad `except`, at the tool boundary."""
    assert [name for file in package for name in _broad(file)] == [TOOL_BOUNDARY]


def _private(file: Parsed) -> Iterator[str]:
    """Yield where a file uses a private name of somebody else: reads it, replaces it or imports it."""
    for node in ast.walk(file.tree):
        names: list[str] = []
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in {"self", "cls"}:
            names = [node.attr]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("setattr"):
            names = [item.value for item in node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("carrel"):
            names = [alias.name for alias in node.names]
        line = getattr(node, "lineno", 0)
        yield from (f"{file.name}:{line} {name}" for name in names if re.match("_[a-z]", name))


def test_nobody_outside_uses_a_private_name(everything: list[Parsed]) -> None:
    """Tests, benchmarks and examples use what everybody may use; `_asdict` and `_exit` are public in Python."""
    outside = [use for file in everything if not file.name.startswith("carrel/") for use in _private(file)]
    assert [use for use in outside if not use.endswith((" _asdict", " _exit"))] == []


def _called(file: Parsed) -> Iterator[str]:
    """Yield the last two names of every call: `datetime.now` for `datetime.datetime.now()`."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:])


def test_the_time_comes_from_the_clock(package: list[Parsed]) -> None:
    """Only the clock reads the machine's time, so that a frozen one holds for all; the exceptions are named above."""
    assert sorted({file.name for file in package if NOW & set(_called(file))}) == sorted(OWN_TIME)


def test_nothing_prints(package: list[Parsed]) -> None:
    """No call of print(): only the command line writes to the terminal, and the probe's child to its parent."""
    assert [file.name for file in package if "print" in set(_called(file))] == []
    written = [file.name for file in package if {"stdout.write", "stderr.write"} & set(_called(file))]
    others = [name for name in written if not name.startswith("carrel/cli/")]
    assert others == ["carrel/memory/indexing/chroma/probe.py"]


def test_the_text_of_prompts_is_known_to_one_package(package: list[Parsed]) -> None:
    """What Carrel writes for the model it writes and reads back in `carrel.rendering` alone."""
    strings = [(file.name, node) for file in package for node in ast.walk(file.tree) if isinstance(node, ast.Constant)]
    knowing = {name for name, node in strings if isinstance(node.value, str) and PROMPT_TEXT.search(node.value)}
    assert knowing
    assert [name for name in sorted(knowing) if not name.startswith("carrel/rendering/")] == []


def test_nothing_is_left_for_later(everything: list[Parsed]) -> None:
    """No note in the code says that something is still to be done."""
    assert [file.name for file in everything if UNFINISHED.search(file.text)] == []


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _is_dead(page: Path, link: str) -> bool:
    target, _, anchor = link.partition("#")
    place = (page.parent / target).resolve() if target else page
    return not place.exists() or bool(anchor and place.suffix == ".md" and anchor not in _anchors(place))


def test_every_link_leads_somewhere() -> None:
    """Each relative link of the README and the docs points to a file, and to a heading where it names one."""
    links = [
        (page, found[0] or found[1])
        for page in PAGES
        for found in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    ]
    relative = [(page, link) for page, link in links if not re.match(r"[a-z]+:", link)]
    assert len(relative) > 5
    assert [f"{page.name}: {link}" for page, link in relative if _is_dead(page, link)] == []
