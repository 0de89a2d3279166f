"""The models of expectations."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from carrel.scenario.files.expectations import Expectation, Expectations

MANY: TypeAdapter[tuple[Expectation, ...]] = TypeAdapter(Expectations)


def test_dotted_keys_are_nested() -> None:
    """`core.human` and `core: {human}` are the same, also several of one kind."""
    dotted = Expectation.model_validate({"core.human": "Ada", "core.persona": "kind", "context.tokens": {"le": 900}})
    nested = Expectation.model_validate(
        {"core": {"human": "Ada", "persona": "kind"}, "context": {"tokens": {"le": 900}}}
    )
    assert dotted == nested
    assert set(dotted.core) == {"human", "persona"}


def test_short_forms() -> None:
    """A text is the tool's name, what a memory contains, and the rubric of a judge."""
    found = Expectation.model_validate({"tool_called": "archival_insert", "retrieved": "茶", "judge": "It is kind."})
    assert found.tool_called is not None
    assert found.retrieved is not None
    assert found.judge is not None
    assert (found.tool_called.name, found.retrieved.contains) == ("archival_insert", ("茶",))
    assert (found.judge.rubric, found.judge.min, found.judge.model) == ("It is kind.", 0.7, "")


def test_one_expectation_is_a_list_of_one() -> None:
    """So a turn with one needs no brackets."""
    assert MANY.validate_python({"reply": "Hi"}) == MANY.validate_python([{"reply": "Hi"}])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "an expectation needs at least one key"),
        ({"replly": "x"}, "Extra inputs are not permitted"),
        ({"core": "Ada", "core.human": "Ada"}, "valid dictionary"),
        ({"judge": {"rubric": "x", "min": 2}}, "less than or equal to 1"),
        ({"retrieved": {"from": "shelf"}}, "'core', 'recall' or 'archival'"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], message: str) -> None:
    """None at all, a misspelt kind, a value beyond its range, a tier that is none."""
    with pytest.raises(ValidationError, match=message):
        Expectation.model_validate(given)
