"""Each notice is one line that says what to do."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.limits import StopReason
from carrel.rendering import notices
from tests.rendering.texts import names

SENTENCES = (
    notices.RESUMED,
    notices.REPLY_EMPTY,
    notices.CALL_AS_TEXT,
    notices.REPLY_TRUNCATED,
    notices.SAVE_NOW,
    notices.NOTHING_SENT,
    notices.render_too_many_calls(3, 5),
    notices.render_review_note("was empty"),
    *notices.LIMIT_REACHED.values(),
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_notice_is_a_line(sentence: str) -> None:
    """No notice breaks the lines of the tail, and each ends as a sentence does."""
    assert sentence == " ".join(sentence.split())
    assert sentence.endswith((".", '."'))


def test_every_limit_has_a_notice() -> None:
    """Whatever limit ends a turn, the closing request says so."""
    assert set(notices.LIMIT_REACHED) == set(get_args(StopReason))


@given(st.lists(names, min_size=1, max_size=4))
def test_outdated_blocks_come_back(labels: list[str]) -> None:
    """The labels are those that were named; other notices name none."""
    assert notices.parse_outdated_blocks(notices.render_outdated_blocks(labels)) == labels
    assert notices.parse_outdated_blocks(notices.RESUMED) == []


@given(st.text(max_size=900), st.text(max_size=300), st.integers(0, 2000))
def test_an_error_keeps_its_remedy(message: str, remedy: str, room: int) -> None:
    """However long a message is, the remedy stays whole where four hundred characters are enough for both."""
    said = notices.render_error(message, remedy, room)
    assert said.startswith("Error:")
    assert len(said) <= max(room, notices.MIN_ERROR)
    assert said.endswith(remedy.rstrip()) or len(remedy) + notices.MIN_MESSAGE + 10 > max(room, notices.MIN_ERROR)


def test_refusals_name_the_call() -> None:
    """A call that is not executed is answered by an error that names it."""
    said = [
        notices.render_repeated_call("post", 3),
        notices.render_consent_needed("post"),
        notices.render_consent_refused("post"),
    ]
    assert all(text.startswith("Error: ") and "post" in text for text in said)


def test_events_are_json() -> None:
    """An event of the paper's contract is an object on one line."""
    assert notices.render_event("login", last_login="从未") == '{"last_login":"从未","type":"login"}'
