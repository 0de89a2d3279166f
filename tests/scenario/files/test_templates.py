"""Placeholders in a scenario."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.errors import UsageError
from carrel.scenario.files.scenario import TurnSpec
from carrel.scenario.files.templates import (
    escape_ids,
    escape_repetition,
    fill_ids,
    fill_model,
    fill_repetition,
    find_ids,
)

OLD, NEW = "p-00000000000a", "m-00000000000b"


def test_the_repetition_is_filled_in_everywhere() -> None:
    """In texts, keys' values and lists, with or without spaces; everything else is unchanged."""
    given = {"text": "{{ i }}/{{i}}", "list": ["第{{ i }}只", 7, None], "flag": True}
    assert fill_repetition(given, 3) == {"text": "3/3", "list": ["第3只", 7, None], "flag": True}
    turn = TurnSpec.model_validate({"user": "Hi.", "expect": {"reply": "No. {{ i }}"}})
    filled = fill_model(turn, 2)
    assert filled.expect[0].reply is not None
    assert filled.expect[0].reply.contains == ("No. 2",)
    assert fill_model(TurnSpec(user="Hi."), 2) == TurnSpec(user="Hi.")


def test_ids_are_those_of_the_newest_result_first() -> None:
    """Each id counts once; what Carrel adds after the results does not count."""
    results = [f"[{OLD}] x [{NEW}]", f"[{NEW}] y\n\n<context ab12>\n[m-00000000000c] recalled\n</context ab12>"]
    assert find_ids(results) == [NEW, OLD]
    assert fill_ids("{{ id }} {{id 2}}", results) == f"{NEW} {OLD}"
    with pytest.raises(UsageError, match=r"'\{\{ id 3 \}\}' cannot be filled in: the turn's results contain 2 ids"):
        fill_ids("{{ id 3 }}", results)


TEMPLATES = st.lists(
    st.sampled_from(["{{ i }}", "{{i}}", "{{ id }}", "{{ id 2 }}", "\\", "{{", "}}", " ", "x", "{{ name }}"])
).map("".join)


@given(TEMPLATES)
def test_what_was_said_is_no_placeholder(text: str) -> None:
    """Text that looks like a placeholder is escaped, however often, and comes back as it was."""
    assert fill_repetition(escape_repetition(text), 7) == text
    assert fill_ids(escape_ids(text), []) == text
    assert fill_ids(fill_repetition(escape_ids(escape_repetition(text)), 7), []) == text


def test_a_backslash_keeps_the_braces() -> None:
    """Beside one that is filled in."""
    assert fill_repetition("\\{{ i }} of {{ i }}", 3) == "{{ i }} of 3"
    assert fill_ids({"text": "\\{{ id }} is {{ id }}"}, [f"[{OLD}]"]) == {"text": "{{ id }} is " + OLD}
