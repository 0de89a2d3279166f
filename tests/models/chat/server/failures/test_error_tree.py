"""The strings and numbers in the body of an error, whatever its format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.models.chat.server.failures.error_tree import ITEM, Leaf, leaves_of, text_of


@pytest.mark.parametrize(
    ("body", "leaves"),
    [
        ({"Error_Code": 5, "a": [{"b": "x y"}]}, [(("Error_Code",), 5), (("a", ITEM, "b"), "x y")]),
        ('{"a": "{\\"b\\": 1.5}"}', [(("a", "b"), 1.5)]),
        ('{"a": 1}\n{"a": 2}', [((ITEM, "a"), 1), ((ITEM, "a"), 2)]),
        ("event: error\ndata: oops\n\ndata: [DONE]", [((ITEM,), "oops")]),
        ('<a xmlns="http://n" k="v"><b>1 &lt; 2</b></a>', [(("a", ITEM, "k"), "v"), (("a", ITEM, "b"), "1 < 2")]),
        ("<!DOCTYPE html><html><body>a<br>b</body></html>", [((), "a b")]),
        ('<!DOCTYPE x [<!ENTITY e "e">]><a>&e;</a>', [((), "&e;")]),
        ("<think> is no tag", [((), "<think> is no tag")]),
        ([None, True, "", {}], []),
        ("null", []),
    ],
)
def test_what_a_body_holds(body: object, leaves: list[tuple[tuple[str, ...], str | int | float]]) -> None:
    """In its order, each with the names that lead to it."""
    assert [(leaf.labels, leaf.value) for leaf in leaves_of(body)] == leaves


def test_the_names_of_a_leaf() -> None:
    """A list has no name of its own; an object in a list has no field above it but the list."""
    within, item = Leaf(("Errors", "top_p", ITEM), "x"), Leaf(("errors", ITEM, "Error-Message"), "y")
    assert (within.label, within.name, within.parent) == ("top_p", "topp", "errors")
    assert (item.label, item.name, item.parent) == ("Error-Message", "errormessage", ITEM)
    assert (Leaf((), "z").name, Leaf((ITEM,), "z").name, Leaf(("a",), "z").parent) == ("", "", "")


def test_depth_is_bounded() -> None:
    """A body that is nested without end is read as far as people nest."""
    body: object = "deep"
    for _ in range(5000):
        body = [body]
    assert leaves_of(body) == []
    assert leaves_of("[" * 100_000) == [Leaf((), "[" * 100_000)]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Nothing raises, and a text without markup stays as it is."""
    assert len(leaves_of(text)) <= len(text)
    assert text_of(text.replace("<", "")) == text.replace("<", "")
