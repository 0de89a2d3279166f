"""Every example runs as it stands, in an empty home, and prints what it promises."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

EXAMPLES = Path(__file__).parent.parent / "examples"

TODAY = date.today().isoformat()
PRINTED = {
    "01_hello.py": [
        "Noted.",
        'Peanuts. — you, today: "I\'m allergic to peanuts."',
        f"I'm allergic to peanuts. [{TODAY}]",
    ],
    "02_memory.py": [
        "2025-05-01 Ada: At the marine institute.",
        "archival: Ada moved from Bonn to Porto in March 2025.",
    ],
    "03_own_tool.py": ["['boil_eggs'] Your three eggs are ready."],
    "04_scripted_model.py": ["recalled: True", "answered: It is Heron."],
}


def test_every_example_is_tested() -> None:
    """No example stands without its output here."""
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == sorted(PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_example(name: str, home: Path) -> None:
    """The example prints just this and nothing on standard error."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        env={**os.environ, "CARREL_HOME": str(home)},
        check=False,
    )

    assert (done.stdout.splitlines(), done.stderr) == (PRINTED[name], "")
