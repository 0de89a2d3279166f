"""An action is read while it streams in, and whatever a model writes in its place is taken for what it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.calling.action_reader import ActionReader
from carrel.messages import ToolCall, ToolSchema
from carrel.text import clean_text

TEXT = {"type": "string"}
SEARCH = ToolSchema("search", "Search.", {"properties": {"query": TEXT}, "required": ["query"]})
STORE = ToolSchema("store", "Store.", {"properties": {"label": TEXT, "text": TEXT}, "required": ["label", "text"]})
WORDS = st.text(st.characters(exclude_characters="<[{`~◁(>"), max_size=30).map(clean_text)


def read(written: str, size: int = 1) -> tuple[str, list[tuple[str, str]], bool]:
    """Return the text, the calls, and whether an action was written, of a reply that comes in pieces."""
    reader = ActionReader((SEARCH, STORE))
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    shown = ""
    for piece in [*map(reader.feed, pieces), reader.end()]:
        shown = ("" if piece.void else shown) + piece.text
    return shown, [(call.name, call.arguments) for call in reader.calls], reader.obeyed


@given(WORDS, st.booleans(), st.integers(1, 9))
def test_a_reply_is_the_text_that_was_meant(text: str, escaped: bool, size: int) -> None:
    """However it is escaped and cut, the text of a reply arrives."""
    written = json.dumps({"reply": text}, ensure_ascii=escaped)
    assert read(written, size) == (text if text.strip() else "", [], True)


def test_a_reply_appears_while_it_is_written() -> None:
    """Each piece is passed on at once but for half an escape and white space at the end."""
    reader = ActionReader(())
    pieces = ['{"re', 'ply": "', "Hello", " Ad", "a\\", "u00e9! \\ud83d", '\\ude00"', "}"]
    assert [reader.feed(piece).text for piece in pieces] == ["", "", "Hello", " Ad", "a", "é!", " 😀", ""]
    assert (reader.end().text, reader.obeyed) == ("", True)


@pytest.mark.parametrize(
    ("written", "call"),
    [
        ('{"search": "tea"}', ("search", {"query": "tea"})),
        ('{\n  "search": "tea"\n}\n', ("search", {"query": "tea"})),
        ('{"search": {"query": "tea"}}', ("search", {"query": "tea"})),
        ('{"store": {"label": "a", "text": "茶"}}', ("store", {"label": "a", "text": "茶"})),
    ],
)
def test_a_call_is_read(written: str, call: tuple[str, dict[str, str]]) -> None:
    """A tool that takes one text may be given just that."""
    text, calls, obeyed = read(written)
    assert (text, [(name, json.loads(given)) for name, given in calls], obeyed) == ("", [call], True)


@pytest.mark.parametrize(
    ("written", "text", "names"),
    [
        ("Hello, Ada!", "Hello, Ada!", []),
        ('```json\n{"reply": "Hi."}\n```', "Hi.", []),
        ('{"thought": "Hm.", "reply": "Hi."}', "Hi.", []),
        ('{"answer": "Hi."}', "Hi.", []),
        ('{"reply": "Half an ans', "Half an ans", []),
        ('{"reply": "Half an\\', "Half an", []),
        ('{"search": "te', "", []),
        ('{"reply": "Hi."} and more', "Hi.", []),
        ('{"name": "search", "arguments": {"query": "tea"}}', "", ["search"]),
        ('<tool_call>{"name": "search", "arguments": {"query": "tea"}}</tool_call>', "", ["search"]),
        ('{"reply": "<tool_call>{\\"name\\": \\"search\\", \\"arguments\\": {}}</tool_call>"}', "", ["search"]),
        ('{"weather": "Bonn", "day": "today"}', '{"weather": "Bonn", "day": "today"}', []),
        ('<think>Hm.</think>{"reply": 5}', '{"reply": 5}', []),
        ("", "", []),
    ],
)
def test_what_is_no_action(written: str, text: str, names: list[str]) -> None:
    """Text is the reply, calls in any dialect are calls, what breaks off in mid-word is kept; the end is noted."""
    for size in (1, 1000):
        shown, calls, _ = read(written, size)
        assert (shown, [name for name, _ in calls]) == (text, names)


def test_what_was_asked_for_is_told_from_the_rest() -> None:
    """Only an action and nothing else counts as one."""
    for written in ("Hi.", '{"reply": "Half', '{"search": "a"} {"search": "b"}', '{"answer": "Hi."}', '{"reply": 5}'):
        assert read(written)[2] is False


@given(st.lists(st.sampled_from([*'{}[]":,\\`<> \n', "reply", "search", "u12", "a"]), max_size=40))
def test_any_text_is_read(parts: list[str]) -> None:
    """Nothing raises, and the pieces do not matter."""
    written = "".join(parts)
    assert read(written, 1) == read(written, 1000)


def test_calls_have_no_ids() -> None:
    """The step gives them theirs."""
    reader = ActionReader((SEARCH,))
    reader.feed('{"search": "tea"}')
    reader.end()
    assert reader.calls == [ToolCall("", "search", '{"query": "tea"}')]
