"""SQLite: how it writes what engines write in different ways."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from carrel.memory.db.dialect import Elements, Unindexed


@compiles(Elements, "sqlite")
def _write_elements(element: Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(Unindexed, "sqlite")
def _write_unindexed(element: Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"  # sqlite.org/optoverview.html, "unary +"
