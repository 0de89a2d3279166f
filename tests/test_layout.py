"""The house is what its picture shows: layers for every package, few modules in each, a test file for every module."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "carrel"
MODULES_OF_A_PACKAGE = 14
APART = {"carrel.migrations", "carrel.migrations.versions", "carrel.agent.prompts"}
"""Packages without layers: revisions stand in an order of their own, and prompts are files of text."""
BY_NOUN = {"carrel.cli"}
"""Packages with a module for each noun that users know, however many there are."""
PICTURE = re.compile(r"^```\n(┌.*?)^```", re.MULTILINE | re.DOTALL)

ACTS, DATES, FACTS = (
    f"tests/language/{name}" for name in ("acts/test_classify.py", "dates/test_find.py", "facts/test_read.py")
)
FORGOTTEN, UNDONE = "tests/memory/forgetting/test_forget.py", "tests/memory/journal/test_undo.py"
TESTED_ELSEWHERE: dict[str, tuple[str, str]] = {
    "carrel/__init__.py": ("tests/test_exports.py", "it only offers names"),
    "carrel/agent/prompts/__init__.py": (
        "tests/agent/context/test_compiler.py",
        "it reads a file that every request has",
    ),
    "carrel/agent/turn/contract.py": (
        "tests/agent/turn/test_native.py",
        "a protocol, and a line that both contracts use",
    ),
    "carrel/cli/__init__.py": ("tests/cli/test_errors.py", "its exit codes; what it loads is in test_startup.py"),
    "carrel/language/acts/tables.py": (ACTS, "a list of the languages"),
    "carrel/language/acts/vocabulary.py": (ACTS, "the form of the tables, filled with each language there"),
    "carrel/language/dates/rules.py": (DATES, "rules are named in tables, and each expression there uses one"),
    "carrel/language/dates/tables.py": (DATES, "a list of the languages"),
    "carrel/language/dates/vocabulary.py": (DATES, "the form of the tables, filled with each language there"),
    "carrel/language/facts/spanish.py": (FACTS, "a table like those of the other languages"),
    "carrel/language/facts/tables.py": (FACTS, "a list of the languages"),
    "carrel/language/facts/vocabulary.py": (FACTS, "the form of the tables, filled with each language there"),
    "carrel/memory/db/schema/__init__.py": (
        "tests/migrations/test_versions.py",
        "tables are compared with the revisions",
    ),
    "carrel/memory/db/schema/common.py": ("tests/migrations/test_versions.py", "columns of those tables"),
    "carrel/memory/forgetting/cascade.py": (FORGOTTEN, "the counts there are its own"),
    "carrel/memory/forgetting/erasure.py": (FORGOTTEN, "what is left of a memory is looked for in all bytes there"),
    "carrel/memory/journal/contents.py": (UNDONE, "the parts of requests are compared there"),
    "carrel/memory/journal/reversal.py": (UNDONE, "every row is compared there"),
    "carrel/memory/journal/rows.py": (UNDONE, "every row is compared there"),
    "carrel/testing/call_dialects.py": ("tests/markup/test_dialects.py", "what it writes is read there"),
    "carrel/testing/catalog.py": ("tests/testing/test_fault_table.py", "each fault is a row of docs/faults.md"),
}
"""Modules whose test file has another name: that file, and why."""


@cache
def contracts() -> list[dict[str, Any]]:
    """Return the import contracts."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(config["tool"]["importlinter"]["contracts"])


def layers() -> dict[str, list[set[str]]]:
    """Return the layers of each package that has them, from the top."""
    return {
        container: [set(re.split(r"\s*[|:]\s*", row)) for row in contract["layers"]]
        for contract in contracts()
        if contract["type"] == "layers"
        for container in contract["containers"]
    }


def dotted(path: Path) -> str:
    """Return the name by which a module or a package is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def packages() -> dict[str, set[str]]:
    """Return the packages of the house, each with what stands in it."""
    folders = [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir() and path.name != "__pycache__")]
    return {
        dotted(folder): {
            path.stem
            for path in folder.iterdir()
            if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
        }
        for folder in folders
    }


def test_every_package_has_layers() -> None:
    """A package with more than one module has an exhaustive contract, so that no module stands outside a layer."""
    exhaustive = {
        container
        for contract in contracts()
        if contract["type"] == "layers" and contract.get("exhaustive")
        for container in contract["containers"]
    }
    several = {name for name, members in packages().items() if len(members) > 1}
    assert several - exhaustive == APART & several
    assert exhaustive <= set(packages())


def test_no_package_is_crowded() -> None:
    """A reader sees the parts of a package at a glance."""
    assert len(packages()) > 20
    modules = {name: len(list((ROOT / name.replace(".", "/")).glob("[!_]*.py"))) for name in packages()}
    assert {name: n for name, n in modules.items() if n > MODULES_OF_A_PACKAGE and name not in BY_NOUN} == {}


def picture() -> list[dict[str, str]]:
    """Return the rows of the picture in docs/architecture.md: the packages of each, with what stands beside them."""
    found = PICTURE.search((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert found
    rows: list[dict[str, str]] = []
    for block in filter(None, re.split(r"^[├└┌].*\n", found[1], flags=re.MULTILINE)):
        columns = zip(*(line.strip("│").split("│") for line in block.splitlines()), strict=True)
        cells = (" ".join(" ".join(column).split()) for column in columns)
        rows.append({name: beside for name, _, beside in (cell.partition(" ") for cell in cells)})
    return rows


def test_the_picture_shows_the_layers() -> None:
    """Each row is a layer of the contract, in its order; what stands beside a package are the layers inside it."""
    assert [set(row) for row in picture()] == [row for row in layers()["carrel"] if row != {"__main__"}]
    inside = {name: beside for row in picture() for name, beside in row.items() if "›" in beside}
    assert len(inside) > 5
    assert {name: [set(part.split(" · ")) for part in beside.split(" › ")] for name, beside in inside.items()} == {
        name: layers()[f"carrel.{name}"] for name in inside
    }


def acts(node: ast.AST) -> bool:
    """Return whether a node is a function that does something: not one of a protocol."""
    if not isinstance(node, ast.FunctionDef):
        return False
    return any(not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)) for part in node.body)


def modules_with_behaviour() -> Iterator[Path]:
    """Yield the modules that define a function, revisions aside: those have a test of their own kind."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if "migrations" not in path.parts and any(map(acts, ast.walk(tree))):
            yield path


def mirror(module: Path) -> Path:
    """Return the test file that a module has by its name; that of a package is named like it."""
    place = module.relative_to(PACKAGE)
    stem = place.stem if place.stem != "__init__" else (place.parent.name or "carrel")
    return ROOT / "tests" / place.parent / f"test_{stem}.py"


def test_every_module_has_a_test_file() -> None:
    """`carrel/a/b.py` is tested in `tests/a/test_b.py`; the exceptions are named above, each with its reason."""
    missing = {path.relative_to(ROOT).as_posix() for path in modules_with_behaviour() if not mirror(path).exists()}
    assert missing == set(TESTED_ELSEWHERE)
    assert [file for file, _ in TESTED_ELSEWHERE.values() if not (ROOT / file).exists()] == []


@pytest.mark.parametrize(
    ("module", "test"), [("carrel/a/b.py", "tests/a/test_b.py"), ("carrel/a/__init__.py", "tests/a/test_a.py")]
)
def test_a_mirror_has_the_name_of_its_module(module: str, test: str) -> None:
    """Folders are the same, and a package is tested in a file of its name."""
    assert mirror(ROOT / module) == ROOT / test
