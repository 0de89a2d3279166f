"""An answer that is not a stream: a completion, an error, or no answer of a model at all."""

import openai
import pytest

from carrel.models.chat.server.transport.whole_answer import NotChat, read_completion


def test_a_completion_is_read() -> None:
    """Whatever the content type says of JSON, choices make a completion, even if there are none."""
    assert read_completion(b'{"choices": []}', "application/json") == {"choices": []}
    assert read_completion(b' {"choices": null}', "text/plain") == {"choices": None}


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"Ollama is running", b"", b"[]", b'{"data": []}', b"null"])
def test_something_else_is_not_a_completion(body: bytes) -> None:
    """A page, a text and JSON of another kind are told from a reply at once."""
    with pytest.raises(NotChat):
        read_completion(body, "application/json" if body[:1] in {b"[", b"{", b"n"} else "text/html")


def test_an_error_with_status_200_is_an_error() -> None:
    """An error is raised with its body, alone or in a list; half a JSON is no JSON."""
    for body in (b'{"error": {"message": "No."}}', b'[{"error": {"message": "No."}}]'):
        with pytest.raises(openai.APIError) as raised:
            read_completion(body, "application/json")
        assert "No." in str(raised.value.body)
    with pytest.raises(ValueError, match="Expecting"):
        read_completion(b"{", "application/json")
