"""The benchmark of the first token compares like with like."""

import pytest

from benchmarks.first_token import measure, summary
from carrel.testing.fake_server import FakeServer


@pytest.mark.slow
@pytest.mark.network
def test_the_bare_request_has_the_same_messages() -> None:
    """Each turn after the first sends three: the turn's own, the one before it again, and the bare one."""
    with FakeServer(lambda request: '{"reply": "Hello."}' if request.schema else "Hello.") as server:
        found = measure(server.url, "any", turns=2)
        sent = server.requests
    assert found["turns"] == 2
    assert len(sent) == 7
    first, second, again, bare = sent[:4]
    assert again["messages"] == first["messages"]
    assert bare["messages"] == second["messages"]
    assert "response_format" in second
    assert "response_format" not in bare


def test_the_figures_are_medians() -> None:
    """The ratio is that of the pairs, not of two medians; nothing measured is no figure."""
    assert summary([(1.0, 1.0), (3.0, 2.0), (9.0, 3.0)]) == {
        "turns": 3,
        "carrel_s": 3.0,
        "bare_s": 2.0,
        "ratio": 1.5,
        "ratio_of_medians": 1.5,
    }
    assert summary([]) == {"turns": 0}
