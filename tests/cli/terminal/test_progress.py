"""The progress bar: at a terminal alone."""

import subprocess
import sys

import pytest

from tests.cli.conftest import FACTS
from tests.cli.harness import LIMIT, carrel, environment


@pytest.mark.slow
@pytest.mark.process
def test_the_bar_is_drawn_only_where_somebody_watches(minilm: dict[str, str]) -> None:
    """In a pipe standard error stays empty, however long it takes."""
    carrel("memory", "add", FACTS[0])
    command = [sys.executable, "-m", "carrel", "memory", "reindex"]
    done = subprocess.run(command, capture_output=True, timeout=LIMIT, env=environment(**minilm))
    assert (done.returncode, done.stderr) == (0, b"")
