"""What a server wants back is collected from the chunks in which it comes."""

import json
from typing import Any

import pytest

from carrel.models.chat.server.opaque import Fields, fields_json, merge_fields, without_thoughts


def merged(*parts: dict[str, Any]) -> Fields:
    """Return the fields of several parts."""
    fields: Fields = {}
    for part in parts:
        merge_fields(fields, part)
    return fields


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ([{"reasoning_content": "Let "}, {"reasoning_content": "me."}], {"reasoning_content": "Let me."}),
        ([{"extra_content": {"google": {"s": "x"}}}, {"content": "Hi"}], {"extra_content": {"google": {"s": "x"}}}),
        ([{"thought_signature": "x"}, {"thought_signature": "x"}], {"thought_signature": "x"}),
        (
            [
                {"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "Let "}]},
                {"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "me.", "signature": "s"}]},
                {"reasoning_details": [{"type": "reasoning.encrypted", "index": 1, "data": "d"}]},
            ],
            {
                "reasoning_details": [
                    {"type": "reasoning.text", "index": 0, "text": "Let me.", "signature": "s"},
                    {"type": "reasoning.encrypted", "index": 1, "data": "d"},
                ]
            },
        ),
        ([{"content": "Hi", "role": "assistant", "refusal": None, "reasoning": None}], {}),
    ],
)
def test_parts_add_up(parts: list[dict[str, Any]], fields: Fields) -> None:
    """Texts and entries that continue are joined, what is repeated is not, and what everybody knows is left out."""
    assert merged(*parts) == fields


def test_thoughts_go_back_with_calls_only() -> None:
    """A message without calls keeps its signature, and not the thoughts, of which there may be thousands of tokens."""
    fields = {"reasoning_content": "Hm.", "extra_content": {"s": 1}, "thought_signature": "x"}
    assert without_thoughts(fields) == {"extra_content": {"s": 1}, "thought_signature": "x"}


def test_fields_can_be_stored() -> None:
    """Fields become JSON in UTF-8, without half surrogate pairs; none become nothing."""
    assert fields_json({}) == ""
    assert json.loads(fields_json({"reasoning": "茶\x00\ud83d"})) == {"reasoning": "茶\x00?"}
