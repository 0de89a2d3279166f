"""The arguments of a call: strict JSON, bounded, and comparable."""

import pytest

from carrel.errors import BadArguments
from carrel.tools.arguments import MAX_ARGUMENTS, MAX_DEPTH, decode_texts, normalise_arguments, parse_arguments

REMEDY = 'Call it like this: post(text="…")'


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("", {}),
        ('{"text": "你好", "n": [1, {"a": null}]}', {"text": "你好", "n": [1, {"a": None}]}),
        ('{"text": "\\ud83d"}', {"text": "\ufffd"}),
        ('{"\\ud83d\\ude00": "\\ud83d\\ude00"}', {"😀": "😀"}),
    ],
)
def test_an_object_is_parsed(text: str, arguments: dict[str, object]) -> None:
    """Nothing is an empty object; half a surrogate pair, which no file could hold, is replaced."""
    assert parse_arguments("post", text, REMEDY) == arguments


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "The arguments of post are not a JSON object."),
        ('{"a": NaN}', "The arguments of post are not valid JSON: ValueError: NaN is not a JSON number."),
        ('{"a": 1, "a": 2}', "The arguments of post are not valid JSON: ValueError: the key 'a' is repeated."),
        (
            '{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1),
            f"The arguments of post are not valid JSON: ValueError: it is nested more than {MAX_DEPTH} deep.",
        ),
        (" " * (MAX_ARGUMENTS + 1), f"The arguments of post are {MAX_ARGUMENTS + 1} characters long."),
    ],
)
def test_what_is_refused_is_told_with_the_remedy(text: str, message: str) -> None:
    """The tool, what is wrong with its arguments, and the call that would succeed."""
    with pytest.raises(BadArguments) as caught:
        parse_arguments("post", text, REMEDY)
    assert (caught.value.message, caught.value.hint) == (message, REMEDY)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ('{"b": 1, "a": [1, 2]}', '{ "a":[1,2], "b":1 }', True),
        ("", "{}", True),
        ('{"a": 1}', '{"a": 2}', False),
        ('{"a": ', '{"a": ', True),
        ('{"a": ', '{"a":', False),
    ],
)
def test_equal_arguments_compare_equal(one: str, other: str, equal: bool) -> None:
    """Order and white space do not matter; what is not JSON is compared as it is."""
    assert (normalise_arguments(one) == normalise_arguments(other)) == equal


@pytest.mark.parametrize(
    ("value", "schema", "decoded"),
    [
        ('{"a": 1}', {"type": "object"}, {"a": 1}),
        ("[1]", {"anyOf": [{"type": "array"}, {"type": "null"}]}, [1]),
        ("[1]", {"anyOf": [{"type": "array"}, {"type": "string"}]}, "[1]"),
        ('{"a": 1}', {"type": "string"}, '{"a": 1}'),
        ("{oops", {"type": "object"}, "{oops"),
        ("5", {"type": "object"}, "5"),
        ([1], {"type": "array"}, [1]),
        ("[1]", None, "[1]"),
    ],
)
def test_an_object_that_is_written_as_a_text_is_decoded(value: object, schema: object, decoded: object) -> None:
    """Only where the parameter takes no text, and the text is an object or a list."""
    assert decode_texts({"x": value}, {"properties": {"x": schema}}) == {"x": decoded}
