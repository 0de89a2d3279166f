"""The words and the code of an error, in whatever shape a server sends it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.models.chat.server.failures.error_body import MAX_MESSAGE, ErrorBody, read_error

RAW = {
    "error": {
        "message": "Provider returned error",
        "code": 400,
        "metadata": {"raw": '{"error": {"code": "x", "message": "Bad."}}'},
    }
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "message", "detail", "code", "metadata", "raw"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"error": {"message": "No.", "code": "c", "type": "t"}}, "No.", "c"),
        ([{"error": {"code": 400, "message": "API key not valid"}}], "API key not valid", "400"),
        ({"detail": [{"msg": "One"}, {"msg": "Two"}]}, "One; Two", ""),
        ({"errors": ["坏了"]}, "坏了", ""),
        ({"msg": "No."}, "No.", ""),
        ({"error": "No."}, "No.", ""),
        ({"object": "error", "message": "No.", "type": "t"}, "No.", "t"),
        (RAW, "Bad.", "x"),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": "Busy"}}}, "Busy", ""),
        ("<h1>Busy</h1>", "Busy", ""),
        (None, "", ""),
    ],
)
def test_words_and_code_of_any_shape(body: object, message: str, code: str) -> None:
    """The server's own words are found, and the innermost code."""
    assert read_error(body) == ErrorBody(message, code)


@given(JSON)
def test_no_body_is_too_odd(body: object) -> None:
    """Whatever is sent, one line of bounded length comes of it."""
    found = read_error(body)
    assert len(found.message) <= MAX_MESSAGE
    assert "\n" not in found.message
