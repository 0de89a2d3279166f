"""The texts that the model reads, as files beside this one."""

from functools import cache
from importlib.resources import files


@cache
def prompt(name: str) -> str:
    """Return a prompt's text."""
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()
