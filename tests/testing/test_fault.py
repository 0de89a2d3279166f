"""An answer that goes wrong, as a value and as an error."""

from carrel.testing.fault import Fault, problem


def test_a_fault_is_an_error_that_a_script_may_raise() -> None:
    """It is named by its status, and two of the same kind are two."""
    assert str(Fault(503)) == "HTTP 503"
    assert isinstance(Fault(), Exception)
    assert Fault(503) != Fault(503)


def test_an_error_in_openais_words() -> None:
    """With its message and code; without a code it is an error of no kind."""
    assert problem("Slow down.", "rate_limit_exceeded") == {
        "error": {
            "message": "Slow down.",
            "type": "rate_limit_exceeded",
            "param": None,
            "code": "rate_limit_exceeded",
        }
    }
    assert problem("坏了。")["error"] == {"message": "坏了。", "type": "error", "param": None, "code": None}
