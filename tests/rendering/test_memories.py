"""Recalled lines, pages of results and excerpts are read back as they were written."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.rendering.memories import (
    Excerpt,
    MemoryLine,
    Reference,
    ResultPage,
    find_memory_ids,
    parse_excerpt,
    parse_memory_lines,
    parse_reference,
    parse_results,
    render_excerpt,
    render_memory_line,
    render_past_the_end,
    render_read_call,
    render_results,
    render_truncation_marker,
)
from tests.rendering.texts import lines, names, texts, times

AT = datetime(2026, 1, 5, 9)
ids = st.from_regex(r"[mp]-[0-9a-hjkmnp-tv-z]{12}", fullmatch=True)
memories = st.builds(
    MemoryLine,
    ids,
    times.map(lambda at: at.replace(tzinfo=None)),
    names,
    lines,
    st.lists(names, max_size=5).map(tuple),
    st.booleans(),
)


@given(st.lists(memories, max_size=5), st.sampled_from(["", "- "]))
def test_lines_come_back_as_they_were(given_lines: list[MemoryLine], item: str) -> None:
    """Id, date, speaker, tags, state and text are those of the memory, in a result and in the recalled page."""
    text = "\n".join(f"{item}{render_memory_line(line, 10_000)}" for line in given_lines)
    assert parse_memory_lines(f"Above.\n{text}\nBelow.") == given_lines


@given(st.builds(MemoryLine, ids, st.just(AT), texts, texts, st.lists(texts, max_size=9).map(tuple), st.booleans()))
def test_no_name_breaks_a_line(line: MemoryLine) -> None:
    """Whatever speakers and tags are called, a line is one line, with its id, date and text."""
    (found,) = parse_memory_lines(render_memory_line(line, 10_000))
    assert replace(found, who="", tags=()) == replace(line, who="", tags=(), text=" ".join(line.text.split()))
    assert len(found.tags) == min(5, len(line.tags))


@pytest.mark.slow
@given(st.lists(memories, min_size=1, max_size=5), st.integers(1, 9), st.integers(0, 9))
def test_a_page_comes_back_as_it_was(hits: list[MemoryLine], page: int, more: int) -> None:
    """The totals, the hits and the number of the next page are those that were found."""
    found = ResultPage(total=99, page=page, pages=page + more, lines=tuple(hits))
    text = render_results(found, "walnut", "recall_search", 100_000)
    assert parse_results(text) == found
    assert ("More: recall_search with page=" in text) == (more > 0)
    assert found.next_page == (page + 1 if more else None)


@pytest.mark.slow
@given(st.lists(memories, min_size=1, max_size=5), st.integers(0, 600))
def test_a_page_keeps_to_its_room(hits: list[MemoryLine], room: int) -> None:
    """However little room there is, no page takes more."""
    found = ResultPage(total=99, page=1, pages=9, lines=tuple(hits))
    assert len(render_results(found, "walnut", "recall_search", room)) <= room


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            ResultPage(0, 1, 1, ()),
            'Nothing found for "核桃". Try other words, fewer words, or another date range.',
        ),
        (ResultPage(12, 4, 3, ()), "Page 4 is empty: 12 results on 3 pages."),
    ],
)
def test_a_page_without_hits_says_why(found: ResultPage, text: str) -> None:
    """Nothing found and a page too far are told apart, and neither is read as a page of hits."""
    assert render_results(found, "核桃", "recall_search", 1000) == text
    assert parse_results(text) is None


@given(ids, texts, texts, texts, times.map(lambda at: at.replace(tzinfo=None)))
def test_an_excerpt_comes_back_as_it_was(id: str, before: str, text: str, after: str, at: datetime) -> None:
    """The place in the text and the text itself are those of the excerpt, also where something follows it."""
    whole = f"{before}{text}{after}"
    excerpt = Excerpt(id, at, len(before), len(before) + len(text), len(whole), text)
    rendered = render_excerpt(excerpt, "recall_search")
    assert parse_excerpt(rendered) == excerpt
    assert parse_excerpt(f"{rendered}\n\nmore") == excerpt
    assert (render_read_call("recall_search", id, excerpt.end) in rendered) == bool(after)
    assert parse_excerpt(render_past_the_end(id, 3)) is None


@given(ids, st.none() | st.integers(0, 999_999_999))
def test_the_call_that_reads_on_is_understood(id: str, start: int | None) -> None:
    """The query of the call that a result names asks for exactly that place."""
    query = render_read_call("recall_search", id, start).split('"')[1]
    assert parse_reference(f" {query} ") == Reference(id, start)
    assert find_memory_ids(render_truncation_marker(80_000, id)) == [id]


@pytest.mark.parametrize("query", ["walnut", "m-", "m-0123456789ab@", "x-0123456789ab", "m-0123456789ab walnut"])
def test_other_queries_are_no_references(query: str) -> None:
    """What is no id is searched for."""
    assert parse_reference(query) is None
