"""Failures: the errors that they become, and how long to wait before another attempt."""

import pytest

from carrel.models.chat.server.failures.failure import TABLE, Failure, Kind, error_for, seconds_before_retry


def test_the_wait_grows_and_is_bounded() -> None:
    """The waits double up to eight seconds; a wish beyond twenty is not waited for."""
    low, high = [[share * min(0.5 * 2**attempt, 8.0) for attempt in range(9)] for share in (0.75, 1.0)]
    waits = [seconds_before_retry(Failure("server"), attempt) or 0.0 for attempt in range(9)]
    assert all(least <= wait <= most for least, wait, most in zip(low, waits, high, strict=True))
    asked = [seconds_before_retry(Failure("rate", wait=wait), 0) for wait in (0.0, 20.0, 20.1)]
    assert asked == [0.0, 20.0, None]


@pytest.mark.parametrize("kind", TABLE)
def test_every_kind_has_a_message_and_a_remedy(kind: Kind) -> None:
    """Each kind names the server or the model in quotes and ends with something to do, braces and all."""
    error = error_for(Failure(kind, "{odd} words."), "m{}", "http://s/{x}")
    assert "'m{}'" in error.message or "'http://s/{x}'" in error.message
    assert ".." not in str(error)
    assert error.hint.endswith(".")


def test_a_wish_to_wait_is_quoted() -> None:
    """The seconds that a server asks for stand in the error, and a missing reason does not leave a gap."""
    error = error_for(Failure("rate", wait=7.2), "m", "http://s/v1")
    assert str(error) == (
        "The server 'http://s/v1' is limiting requests and asks to wait 7 s: it gave no reason. Try again later."
    )
