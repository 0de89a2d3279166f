"""What `import carrel` offers, and what it costs."""

import subprocess
import sys

import pytest

import carrel

HEAVY = ["openai", "sqlalchemy", "chromadb", "torch", "alembic", "numpy", "pydantic", "typer", "rich", "tiktoken"]


def test_the_names_are_sorted_and_known() -> None:
    """`__all__` is sorted, holds each name once, and is what the package can load."""
    assert carrel.__all__ == sorted(set(carrel.__all__))
    assert set(carrel.__all__) == set(carrel.MODULES_BY_NAME)


@pytest.mark.parametrize("name", carrel.__all__)
def test_each_name_is_importable(name: str) -> None:
    """Each public name loads, from the module that is said to be its home."""
    found = getattr(carrel, name)
    assert found.__name__ == name
    assert found.__module__ == carrel.MODULES_BY_NAME[name]


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that does not exist fails as in any module."""
    with pytest.raises(AttributeError, match="module 'carrel' has no attribute 'Letta'"):
        carrel.__getattr__("Letta")


@pytest.mark.process
def test_importing_carrel_loads_nothing_heavy() -> None:
    """`import carrel` loads none of the libraries that cost time."""
    code = f"import sys, carrel; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
