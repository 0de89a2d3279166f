"""Every dialect of calls is read, whole and letter by letter."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.markup import Marked, Offered, TextCall, read_markup
from carrel.testing.call_dialects import CALL_DIALECTS
from carrel.text import clean_text
from tests.markup.tools import OFFERED, in_pieces_of, read_in_pieces

ARGUMENTS = {"text": 'Ada’s "tea", it\'s {hot} [x]\n对不对', "tags": ["a", "b"]}
TEXT = st.text(max_size=12).map(clean_text).filter(lambda text: "<" not in text and text == text.strip("\n"))


@pytest.mark.parametrize("dialect", CALL_DIALECTS)
def test_a_call_in_each_dialect_is_read(dialect: str) -> None:
    """A call between two sentences leaves the sentences, and its name and arguments are those written."""
    written = f"Let me note that.\n{CALL_DIALECTS[dialect]('archival_insert', ARGUMENTS)}"
    read = read_markup(written, OFFERED)
    assert (read.text, read.thought) == ("Let me note that.", "")
    assert [(call.name, json.loads(call.arguments)) for call in read.calls] == [("archival_insert", ARGUMENTS)]
    assert read_in_pieces(written) == read


@pytest.mark.parametrize("dialect", sorted(set(CALL_DIALECTS) - {"hermes, not closed"}))
def test_prose_may_follow_a_call_in_each_dialect(dialect: str) -> None:
    """What follows a call is the answer; two calls in a row are both read."""
    written = CALL_DIALECTS[dialect]("archival_search", {"query": "tea", "page": 2})
    read = read_markup(f"{written}\n{written}\nI looked.", OFFERED)
    assert read.text == "I looked."
    assert [json.loads(call.arguments) for call in read.calls] == [{"query": "tea", "page": 2}] * 2


@pytest.mark.parametrize("dialect", CALL_DIALECTS)
@settings(max_examples=25, deadline=None)
@given(text=TEXT, tags=st.lists(TEXT, max_size=2))
def test_any_arguments_arrive_as_they_were_written(dialect: str, text: str, tags: list[str]) -> None:
    """Whatever an argument holds, a call that is written is the call that is read."""
    arguments: dict[str, Any] = {"text": text} | ({"tags": tags} if tags else {})
    read = read_markup(CALL_DIALECTS[dialect]("archival_insert", arguments), OFFERED)
    assert read.text == ""
    assert [json.loads(call.arguments) for call in read.calls] == [arguments]


@pytest.mark.parametrize("dialect", CALL_DIALECTS)
def test_a_call_of_a_tool_that_is_not_offered_stays_text(dialect: str) -> None:
    """Only the names of offered tools make calls."""
    written = f"So: {CALL_DIALECTS[dialect]('get_weather', {'city': 'Bonn'})}"
    assert read_markup(written, OFFERED).calls == ()
    if dialect != "harmony":  # its frames are none of the text even so
        assert read_markup(written, OFFERED) == Marked(written, "")


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ('<tool_call>{"name": "archival_insert", "arguments": {"text": "x"}</tool_call>', {"text": "x"}),
        ('{"name": "archival_insert", "arguments": {"text": "x"}}}', {"text": "x"}),
        ('{"name": "archival_insert", "arguments": {"text": "a "b" c",}}', {"text": 'a "b" c'}),
        ('{"name": "archival_insert", "text": "x"}', {"text": "x"}),
        ('{"archival_insert": {"text": "x"}}', {"text": "x"}),
        ('{"name": "functions.archival_insert", "arguments": {"text": "x"}}', {"text": "x"}),
        ('{"tool_calls": [{"name": "archival_insert", "arguments": {"text": "x"}}]}', {"text": "x"}),
        ('{"arguments": {"text": "x"}, "name": "archival_insert"}', {"text": "x"}),
        ('<tool_call>{"name": "archival_insert", "arguments": {"text": "x"}}<tool_call>', {"text": "x"}),
        ("<function=archival_insert><parameter=text>x</function>", {"text": "x"}),
        ("<archival_insert><text>x</text></archival_insert>", {"text": "x"}),
        ("<tool_call><name>archival_insert</name><arguments>{'text': 'x'}</arguments></tool_call>", {"text": "x"}),
        ('```python\n# keep it\nresult = archival_insert("x", ["t"])\n```', {"text": "x", "tags": ["t"]}),
        ("archival_insert(text='x')", {"text": "x"}),
        ('(called archival_insert {"text": "x"})', {"text": "x"}),
        ('`{"name": "archival_insert", "arguments": {"text": "x"}}`', {"text": "x"}),
        ("<|tool_call>call:archival_insert{text:<|\"|>x, 'y'<|\"|>}<tool_call|>", {"text": "x, 'y'"}),
        ('functools[{"name": "archival_insert", "arguments": {"text": "x"}}]', {"text": "x"}),
        ('Action:\n```json\n[{"tool_name": "archival_insert", "parameters": {"text": "x"}}]\n```', {"text": "x"}),
    ],
)
def test_slips_are_forgiven(written: str, arguments: dict[str, Any]) -> None:
    """What models get wrong of the dialects, and rarer ones, are read too."""
    read = read_markup(written, OFFERED)
    assert read.text == ""
    assert [(call.name, json.loads(call.arguments)) for call in read.calls] == [("archival_insert", arguments)]
    assert read_in_pieces(written) == read


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ('<tool_call>\n{"name": "archival_insert", "arguments": {"text": "lo', '{"text": "lo'),
        ('```json\n{"name": "archival_insert", "arguments": {"text": "lo', '{"text": "lo'),
        ('{"name": "archival_insert", "arguments": {"text": lost}}', '{"text": lost}}'),
        ("<function=archival_insert><parameter=text>lo", "<parameter=text>lo"),
        ('[TOOL_CALLS]archival_insert[ARGS]{"text": "lo', '{"text": "lo'),
        ("<tool_call>archival_insert", "{}"),
    ],
)
def test_a_call_that_breaks_is_a_call_still(written: str, left: str) -> None:
    """A call that names its tool is no answer, even where it is cut: its arguments are what is left of them."""
    assert read_markup(f"Yes.\n{written}", OFFERED).text == "Yes."
    assert read_markup(written, OFFERED).calls == (TextCall("archival_insert", left),)
    assert read_in_pieces(written) == read_markup(written, OFFERED)


@pytest.mark.parametrize(
    "text",
    [
        'A person is {"name": "Ada", "arguments": []} there.',
        '```json\n{"name": "Ada", "parameters": {"age": 36}}\n```\nis JSON.',
        '{"name": "archival_insert", "description": "Store a fact", "parameters": {"type": "object"}}',
        '{"name": "archival_insert", "parameters": {"type": "object", "properties": {"text": {}}}}',
        'I used archival_insert (a tool) and `archival_insert(text="x")`.',
        "```python\ndef archival_insert(text):\n    store(text)\n```",
        "The markup is <tool_call>…</tool_call>, and [TOOL_CALLS] too.",
        '```xml\n<tool_call>\n{"name": "get_weather"}\n</tool_call>\n```',
        "[archival_insert](https://example.org) and [1, 2] and {braces}",
        '{"name": "archival_insert"}',
        "archival_insert is what I call.\nping",
        "a < b, x > y, `<`, 1 << 2, ~5, ~~~~\n~~~~",
    ],
)
def test_what_only_looks_like_a_call_stays(text: str) -> None:
    """JSON, code, tools that are spoken of and markup without a call are the answer's own."""
    assert read_markup(text, OFFERED) == Marked(text, "")
    assert read_in_pieces(text) == Marked(text, "")


def test_where_no_tool_is_offered_nothing_is_a_call() -> None:
    """The rung without tools takes thoughts out and nothing else."""
    written = CALL_DIALECTS["hermes"]("archival_insert", {"text": "x"})
    assert read_markup(f"<think>a</think>{written}", Offered([])) == Marked(written, "a")


def test_calls_are_named_with_their_dialects() -> None:
    """The dialects tell which model family's habits were met."""
    written = "\n".join(
        CALL_DIALECTS[name]("ping", {}) for name in ("hermes", "deepseek", "deepseek 3.1", "json block")
    )
    assert read_markup(written, OFFERED).dialects == ("hermes", "deepseek", "code")


def test_the_gap_that_a_call_leaves_is_one() -> None:
    """White space round a call becomes what separates the sentences, and none at the edges."""
    call = CALL_DIALECTS["hermes"]("ping", {})
    assert read_markup(f"One.\n\n{call}\nTwo.", OFFERED).text == "One.\n\nTwo."
    assert read_markup(f"One. {call}\n\nTwo.\n", OFFERED).text == "One.\n\nTwo.\n"
    assert read_markup(f"\n{call}\n", OFFERED).text == ""


CALL = '{"name": "archival_insert", "arguments": {"text": "x"}}'


@pytest.mark.parametrize(
    "written",
    [
        '<archival_insert>{"text": "x"}</archival_insert>',
        '<archival_insert>{"text": "x"}',
        '<archival_insert>\n```json\n{"text": "x"}\n```\n</archival_insert>',
        f"<archival_insert>{CALL}</archival_insert>",
        '<functions.archival_insert>{"text": "x"}</functions.archival_insert>',
        '<archival_insert text="x" />',
        '<archival_insert text="x"></archival_insert>',
        "<archival_insert>x</archival_insert>",
        '<archival_insert><parameter name="text">x</parameter></archival_insert>',
        "<archival_insert><arguments><text>x</text></arguments></archival_insert>",
        '<|archival_insert|>{"text": "x"}<|/archival_insert|>',
        '[archival_insert]{"text": "x"}[/archival_insert]',
        'archival_insert: {"text": "x"}',
        "<tool_call>\nname: archival_insert\narguments:\n  text: x\n</tool_call>",
        "<tool_call>\ntool: archival_insert\narguments:\n  text: x",
        "```yaml\nname: archival_insert\narguments:\n  text: x\n```",
        'Thought: I should.\nAction: archival_insert\nAction Input: {"text": "x"}',
        "Thought: I should.\nAction: archival_insert\nAction Input: x",
        "Thought: I should.\nAction: archival_insert[x]\n",
        '**Thought:** I should.\n**Action:** archival_insert\n**Action Input:** {"text": "x"}',
        'Action: archival_insert\nAction Input: {"text": "x"}\nObservation: It is stored.',
        'Tool: archival_insert\nInput: {"text": "x"}',
        '✿FUNCTION✿: archival_insert\n✿ARGS✿: {"text": "x"}\n✿RESULT✿',  # Qwen-Agent
        '{"action": "archival_insert", "action_input": "x"}',
        '{"thoughts": {"text": "a"}, "command": {"name": "archival_insert", "args": {"text": "x"}}}',  # AutoGPT
        f"<longcat_tool_call>{CALL}</longcat_tool_call>",
        '<dots_function_call>\n<invoke name="archival_insert">\n<parameter name="text">x</parameter>\n</invoke>\n'
        "</dots_function_call>",
        f"<ifm|tool_calls><ifm|tool_call>{CALL}</ifm|tool_call></ifm|tool_calls>",  # K2
        "<ifm|tool_call>archival_insert\n<ifm|arg_key>text</ifm|arg_key><ifm|arg_value>x</ifm|arg_value></ifm|tool_call>",
        '<atem:function_calls><atem:invoke name="archival_insert"><atem:parameter name="text">x</atem:parameter>'
        "</atem:invoke></atem:function_calls>",  # Muse Glimmer
        '<｜tool_calls_begin｜>\n<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="archival_insert">\n'
        '<steptml:parameter name="text">x</steptml:parameter>\n</steptml:invoke><｜tool_call_end｜>\n'
        "<｜tool_calls_end｜>",  # Step 3
        '<|open|>tools<|sep|><|open|>call tool="archival_insert" index="1"<|sep|><|open|>argument key="text" '
        'type="string"<|sep|>x<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',  # Kimi K3
        ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="archival_insert">]<]minimax[>[<text>x]<]minimax[>[</text>'
        "]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>",  # MiniMax M3
        "<|tool_call:start|>archival_insert\n<|tool_arg:start|>text<|tool_arg:value|>x<|tool_arg:end|>\n"
        "<|tool_call:end|>",  # Solar Open
        f"<|message_sep|>\n\nfunction call<|role_sep|>\n{CALL}",  # GigaChat
        f"<|function_call|>{CALL}",
        '<|message_model|>archival_insert<|content_invoke_tool_json|>{"name": "archival_insert", "args": {"text": "x"}}'
        "<|end_message|>",  # Inkling
        f"[unused11][{CALL}][unused12]",  # Pangu
        f" -> tool/function_call\n[{CALL}]<|im_end|>",  # HyperCLOVA X
        "<tool_calls><tool_call>archival_insert<tool_sep><arg_key>text</arg_key><arg_value>x</arg_value></tool_call>"
        "</tool_calls>",  # Hunyuan
        "<function name='archival_insert'><param name='text'><![CDATA[x]]></param></function>",  # MiniCPM
        f"<|tool_calls|>[{CALL}]<|/tool_calls|>",
        '<|python_start|>[archival_insert(text="x")]<|python_end|>',  # Llama 4
        '<tool>archival_insert</tool><tool_input>{"text": "x"}</tool_input>',
        '<use_tool name="archival_insert">{"text": "x"}</use_tool>',
        '<tool_call name="archival_insert"><text>x</text></tool_call>',
        "<tool_call>\n<name>archival_insert</name>\n<arguments>\n<text>x</text>\n</arguments>\n</tool_call>",
        '<xai:function_call name="archival_insert"><parameter name="text">x</parameter></xai:function_call>',
    ],
)
def test_what_servers_know_is_read(written: str) -> None:
    """The markup that the parsers of inference servers know, and what models make of it, in pieces of any size."""
    read = read_markup(written, OFFERED)
    assert read.text == ""
    assert [(call.name, json.loads(call.arguments)) for call in read.calls] == [("archival_insert", {"text": "x"})]
    for size in (1, 3, 7):
        assert read_in_pieces(in_pieces_of(size, written)) == read


@pytest.mark.parametrize(
    "text",
    [
        "Tool: archival_insert",
        "Function: archival_insert is the one to use.",
        "archival_search: finds things by meaning\narchival_insert: stores them",
        "The <ping> tag and <archival_insert> are tools.",
        "```yaml\nname: archival_insert\ndescription: stores a text\n```",
        "Action: think first.\nAction Input: none.",
        "```yaml\nname: Ada\narguments: []\n```",
    ],
)
def test_words_about_tools_stay(text: str) -> None:
    """A tool that is named, listed or described is not called."""
    assert read_markup(text, OFFERED) == Marked(text, "")
    assert read_in_pieces(text) == Marked(text, "")
