"""The building blocks of scenario models."""

from typing import Annotated, ClassVar

import pytest
from pydantic import ValidationError

from carrel.scenario.files.fields import ShorthandModel, SingleOrList, StrictModel, Texts


class Match(ShorthandModel):
    """A condition that may be written as a number."""

    shorthand: ClassVar[tuple[str, str]] = ("number", "most")

    most: int
    least: int = 0


class Item(StrictModel):
    """A model with lists that may be single."""

    tags: Texts = ()
    matches: Annotated[tuple[Match, ...], SingleOrList()] = ()


def test_a_short_form_fills_its_field() -> None:
    """A bare value is the same as an object with one key, and its schema allows both."""
    assert Match.model_validate(3) == Match.model_validate({"most": 3}) == Match(most=3)
    first, second = Match.model_json_schema()["anyOf"]
    assert (first, set(second["properties"])) == ({"type": "number"}, {"most", "least"})


def test_a_list_may_be_one_item() -> None:
    """Written with brackets or without, also of models with a short form."""
    assert Item(tags="tea", matches=[1, {"most": 2, "least": 1}]) == Item(  # type: ignore[arg-type]
        tags=("tea",), matches=(Match(most=1), Match(most=2, least=1))
    )
    assert Item.model_validate({"tags": ["茶", 5], "matches": 4}).tags == ("茶", "5")
    assert [choice.get("type") for choice in Item.model_json_schema()["properties"]["tags"]["anyOf"]] == [
        "string",
        "array",
    ]


def test_unknown_keys_and_changes_are_refused() -> None:
    """A misspelt key is a mistake, and a model that was read stays as it is."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Item.model_validate({"tag": "tea"})
    with pytest.raises(ValidationError, match="frozen"):
        Item().tags = ("tea",)
