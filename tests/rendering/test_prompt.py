"""A prompt is read back part by part as it was written, whatever stands in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from carrel.rendering.prompt import (
    BREAK,
    Head,
    Tail,
    add_note,
    add_tail,
    lead_with_tail,
    normalise_tags,
    parse_head,
    parse_tail,
    render_head,
    render_recalled,
    render_tail,
    shorten_tail,
    split_tail,
)
from tests.rendering.texts import blocks, lines, texts, times

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
PLAIN = Tail("a1b2", NOW, 12, 3)
instructions = st.text("Ab .\n核", min_size=1, max_size=30)
notices = lines.filter(lambda line: not line.startswith("Note: "))
tails = st.builds(
    Tail,
    st.from_regex(r"[0-9a-z]{4}", fullmatch=True).filter(lambda nonce: nonce not in {"abcd", "wxyz"}),
    times,
    st.integers(0),
    st.integers(0),
    recalled=st.lists(lines, max_size=3).map(tuple),
    changed=st.lists(blocks, max_size=3).map(tuple),
    notices=st.lists(notices, max_size=3).map(tuple),
)


@given(instructions, st.lists(blocks, max_size=3).map("\n".join), texts)
def test_a_head_comes_back_as_it_was(said: str, core: str, summary: str) -> None:
    """No block and no summary is taken for another part."""
    head = Head(said, core, summary)
    assert parse_head(render_head(head)) == head


@pytest.mark.parametrize("core", ["[core memory: hum […cut]", "[core memory: a, 1 of 9 characters]\nx\n[core […cut]"])
def test_a_head_whose_core_memory_is_truncated_in_a_heading(core: str) -> None:
    """What cannot be read as a block still belongs to core memory."""
    head = Head("Be kind.", core, "They spoke.")
    assert parse_head(render_head(head)) == head


@given(tails)
def test_a_tail_comes_back_as_it_was(tail: Tail) -> None:
    """Clock, counts, recalled lines, changed blocks and notices are those that were written."""
    assert parse_tail(render_tail(tail)) == tail


@given(texts, tails)
def test_a_message_parts_from_its_tail(text: str, tail: Tail) -> None:
    """What somebody typed is not taken for a tail, and a tail ends where it says so."""
    rendered = render_tail(tail)
    assert split_tail(add_tail(text, rendered)) == (text, rendered)
    assert split_tail(rendered) == ("", rendered)
    assert parse_tail(add_tail(text, rendered)) == tail


@pytest.mark.parametrize(
    "text",
    ["", "Hello", "<context abcd>", "Hi <context abcd>\n</context abcd>", "x\n\n<context a>\n</context b>"],
)
def test_a_message_without_a_tail_stays_whole(text: str) -> None:
    """A tag that nobody closed, or that stands in a line, is what somebody said."""
    assert (split_tail(text), parse_tail(text)) == ((text, ""), None)


def test_a_tail_reads_like_this() -> None:
    """The tail as the model sees it."""
    tail = Tail("a1b2", NOW, 12, 3, recalled=("[m-0 | 2026-01-01 08:00 | Ada] 核桃",), notices=("Save.",))
    assert render_tail(tail) == (
        "<context a1b2>\nNow: Monday 2026-01-05 09:00 +0000\nMemory: 12 messages in recall, 3 passages in archival\n"
        "Recalled for this message:\n- [m-0 | 2026-01-01 08:00 | Ada] 核桃\nNote: Save.\n</context a1b2>"
    )


@given(texts, tails)
def test_a_message_parts_from_a_tail_that_leads_it(text: str, tail: Tail) -> None:
    """A tail for a small model stands before the message, and is told apart as well."""
    assume(split_tail(text) == (text, ""))
    short = replace(tail, recall=None, archival=None)
    rendered = render_tail(short)
    assert split_tail(lead_with_tail(text, rendered)) == (text, rendered)
    assert parse_tail(lead_with_tail(text, rendered)) == short


def test_a_small_model_reads_a_short_tail() -> None:
    """Days and speakers without ids and counts, the most relevant memory last, and then what the user said."""
    first, second = "[m-0 | 2026-01-01 08:00 | Ada | #tea] 核桃", "[p-1 | 2026-01-02 08:00 | archival] Ada keeps bees."
    tail = Tail("a1b2", NOW, 12, 3, recalled=(first, second, "odd"), notices=("Save.",))
    assert lead_with_tail("Who keeps bees?", render_tail(shorten_tail(tail))) == (
        "<context a1b2>\nNow: Monday 2026-01-05 09:00 +0000\nRecalled for this message:\n- odd\n"
        "- (2026-01-02, archival) Ada keeps bees.\n- (2026-01-01, Ada, #tea) 核桃\nNote: Save.\n</context a1b2>\n\n"
        "Who keeps bees?"
    )


def test_tails_of_old_request_logs_are_read() -> None:
    """A tail under the tag of old request logs is read like any other."""
    old = render_tail(PLAIN).replace("context a1b2", "desk a1b2")
    assert split_tail(f"Hello{BREAK}{old}") == ("Hello", old)
    assert parse_tail(old) == PLAIN


def test_tags_are_normalised() -> None:
    """Two tails that differ in nothing but their nonces become equal, and tags of older versions those of today."""
    text = f"Hello{BREAK}{render_tail(PLAIN)}"
    hidden = normalise_tags(text)
    assert hidden == text.replace(" a1b2>", ">")
    assert normalise_tags(text.replace("a1b2", "z9y8")) == hidden
    assert normalise_tags("<desk a1b2> </desk a1b2> <desk>") == "<context> </context> <context>"


def test_nothing_recalled_takes_no_line() -> None:
    """Without recalled memories the tail has no line for them, and a note stands by itself."""
    assert render_recalled(()) == ""
    assert add_note("Done?", "Your last reply was empty.") == "Done?\n\nNote: Your last reply was empty."
