"""Values in reports."""

from carrel.scenario.grade.wording import MAX_CHARACTERS, format_call, join_items, quote


def test_long_values_are_shortened() -> None:
    """Texts and items stay on one line and within their limits; what is left out is counted."""
    assert quote("你\n好") == '"你 好"'
    assert quote(" ") == "nothing"
    assert len(quote("x" * 5000)) == 3 * MAX_CHARACTERS + 2
    assert join_items(range(8)) == "0; 1; 2; 3; 4; 5; and 2 more"
    assert (join_items([]), join_items([], "no calls")) == ("nothing", "no calls")
    assert len(join_items(["x" * 5000])) == MAX_CHARACTERS


def test_calls() -> None:
    """As code, with arguments that are not JSON as they are."""
    assert format_call({"name": "f", "arguments": {"a": "你", "b": [1]}, "ok": True}) == 'f(a="你", b=[1])'
    assert format_call({"name": "f", "arguments": {}, "ok": False}) == "f() failed"
