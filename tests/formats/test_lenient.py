"""Values of another type than expected are taken for what they mean, or refused with their place."""

import pytest

from carrel.formats.lenient import Unreadable, as_list, as_object, as_text, kind_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("对", "对"),
        ("", ""),
        (5, "5"),
        (0.5, "0.5"),
        (True, None),
        (None, None),
        ([], None),
        ({}, None),
        (float("nan"), None),
    ],
)
def test_texts(value: object, text: str | None) -> None:
    """A number is a text; nothing else is."""
    assert as_text(value) == text


def test_lists_and_objects() -> None:
    """One value is a list of itself; nothing but an object is one."""
    assert [as_list(value) for value in ([1], {"a": 1}, None, "ab")] == [[1], [1], [], ["ab"]]
    assert as_object({"a": 1}, "here") == {"a": 1}
    with pytest.raises(Unreadable) as caught:
        as_object([], "here")
    assert caught.value.complaint == "here: not an object"


def test_kinds() -> None:
    """Every value of JSON has a name for people."""
    kinds = list(map(kind_of, [None, False, 1, 0.5, "", [], {}]))
    assert kinds == ["empty", "true or false", "a number", "a number", "a text", "a list", "an object"]
