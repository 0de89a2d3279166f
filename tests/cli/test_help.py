"""`carrel help`: the pages of the documentation."""

import pytest

from carrel.cli.help import find_pages
from tests.cli.harness import carrel


def test_every_page_is_listed_with_its_title() -> None:
    """A line for each, but for the list of pages itself."""
    pages = find_pages()
    lines = carrel("help").out.splitlines()
    assert [line.split()[0] for line in lines] == list(pages)
    assert "models        Models" in lines
    assert "index" not in pages


@pytest.mark.parametrize("topic", ["models", "MODELS", "models.md", "docs/models.md"])
def test_a_page_in_a_pipe_is_as_it_was_written(topic: str) -> None:
    """Upper case and the name of the file mean the same page."""
    assert carrel("help", topic).out == find_pages()["models"].read_text(encoding="utf-8")


def test_a_page_that_does_not_exist() -> None:
    """The nearest is suggested."""
    ran = carrel("help", "modls")
    assert (ran.code, ran.err) == (4, "Error: There is no page 'modls'. Did you mean models?\n")
    assert carrel("help", "zzz").err == "Error: There is no page 'zzz'. See carrel help.\n"
