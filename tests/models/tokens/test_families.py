"""What characters cost, by the family of a model."""

import pytest

from carrel.models.tokens.characters import DIGIT, IDEOGRAPH, LOWER
from carrel.models.tokens.families import O200K_COSTS, costs_of, family_of


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("Qwen/Qwen3-8B", "qwen"),
        ("deepseek-v4", "deepseek"),
        ("claude-opus", "claude"),
        ("gpt-4o-mini", "gpt-4o"),
        ("gpt-4-turbo", "gpt-4"),
        ("gpt-35-turbo", "gpt-35"),
        ("llama-3.1-8b", ""),
        ("", ""),
    ],
)
def test_a_family_goes_by_a_part_of_the_name(model: str, family: str) -> None:
    """However it is written, with a maker before it and a size behind it; others are like o200k."""
    assert family_of(model) == family


def test_a_family_differs_where_it_was_measured() -> None:
    """In Chinese and in digits; everything else costs what it costs in o200k."""
    qwen = costs_of("qwen")
    assert qwen[IDEOGRAPH][0] < O200K_COSTS[IDEOGRAPH][0] < costs_of("gpt-4")[IDEOGRAPH][0]
    assert qwen[DIGIT] == (1.0, 1, 1.0)
    assert qwen[LOWER] == O200K_COSTS[LOWER]
    assert costs_of("") == dict(O200K_COSTS)
