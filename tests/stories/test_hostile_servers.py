"""Whatever servers answer, the next request is one that the strictest of them takes, and the session lives on."""

from pathlib import Path

import pytest

from tests.fuzz import MANY
from tests.stories.hostile import hold

pytestmark = [pytest.mark.network, pytest.mark.slow]


@pytest.mark.parametrize("seed", range(64 if MANY else 8))
def test_no_session_is_poisoned(home: Path, seed: int) -> None:
    """Odd ids, names and arguments, refusals, opaque fields, empty answers, and another server in between."""
    assert hold(home, seed) == []
