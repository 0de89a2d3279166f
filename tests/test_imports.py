"""Heavy packages are imported by one thread at a time, and nowhere else."""

import ast
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import carrel
from carrel.imports import HEAVY, importing

PACKAGE = Path(carrel.__file__).parent


def _heavy(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return any(name.partition(".")[0] in HEAVY for name in names)


def _guards(node: ast.AST) -> bool:
    """Return whether the imports in a block are under the lock, or for the type checker only."""
    if isinstance(node, ast.With):
        return any(ast.unparse(item.context_expr).startswith("importing(") for item in node.items)
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _unguarded(node: ast.AST) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom) and _heavy(child):
            yield child.lineno
        elif not _guards(child):
            yield from _unguarded(child)


def test_heavy_packages_are_imported_under_the_lock() -> None:
    """Each import of a heavy package stands in a `with importing(...)`, or is for the type checker only."""
    files = sorted(PACKAGE.rglob("*.py"))
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in files
        for line in _unguarded(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(files) > 200
    assert found == []


def test_a_second_thread_waits_until_the_first_has_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one thread imports a package, another enters no block for one that is not loaded."""
    monkeypatch.syspath_prepend(tmp_path)
    started, release, entered = threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr(sys, "import_gate", (started, release), raising=False)
    (tmp_path / "slow_package.py").write_text(
        "import sys\nstarted, release = sys.import_gate\nstarted.set()\nrelease.wait(10)\n"
    )

    def import_slowly() -> None:
        with importing("slow_package"):
            __import__("slow_package")

    def enter() -> None:
        with importing("not_loaded"):
            entered.set()

    threads = [threading.Thread(target=import_slowly), threading.Thread(target=enter)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    assert not entered.wait(0.05)
    release.set()
    for thread in threads:
        thread.join(10)
    assert entered.is_set()


def test_a_loaded_package_never_waits() -> None:
    """A block whose packages are loaded is entered at once, though another thread is importing."""
    inside, release, entered = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with importing("not_loaded"):
            inside.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(10)
    with importing("json", "threading"):
        entered.set()
    release.set()
    holder.join(10)
    assert entered.is_set()
