"""Thoughts are apart from answers in every dialect; an answer that shows a mark keeps it."""

import pytest

from carrel.markup import Marked, TextCall, read_markup
from tests.markup.tools import OFFERED, in_pieces_of, read_in_pieces

CALL = '<tool_call>{"name": "ping", "arguments": {}}</tool_call>'


@pytest.mark.parametrize(
    ("written", "text", "thought"),
    [
        ("<think>a</think>\n\nb", "b", "a"),
        ("<thinking>a</thinking>b", "b", "a"),
        ("<thought>a</thought>b", "b", "a"),
        ("<reasoning>\na\n</reasoning>\n\nb", "b", "\na\n"),
        ("<THINK>a</Think>b", "b", "a"),
        ("[THINK]a[/THINK]b", "b", "a"),
        ("◁think▷a◁/think▷b", "b", "a"),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>", "b", "a"),
        ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", "b", "a"),
        ("<|channel|>analysis<|message|>a<|start|>assistant<|channel|>final<|message|>b", "b", "a"),
        ("<|channel|>commentary<|message|>b<|end|>", "b", ""),
        ("analysisThe user greets.assistantfinalb", "b", "The user greets."),
        ("The user greets.\n</think>\n\nb", "b", "The user greets."),
        ("a</think></think>b", "b", "a"),
        ("<think></think>b", "b", ""),
        ("\n<think>a</think> b <think>c</think>d", "b d", "ac"),
        ("<think>never ends", "", "never ends"),
        ("<think>a</think>b </think> c", "b </think> c", "a"),
        (f"<think>{CALL}</think>b", "b", CALL),
        (f"{CALL}\n</think>b", "b", ""),
    ],
)
def test_thoughts_are_taken_out(written: str, text: str, thought: str) -> None:
    """Closed thoughts go wherever they stand; so does one that only closes, and one that never ends before an answer.

    Calls that are only thought of are not made.
    """
    assert read_markup(written, OFFERED) == Marked(text, thought)
    assert read_in_pieces(written) == Marked(text, thought)


@pytest.mark.parametrize(
    "text",
    [
        "```\n<think>a</think>\n```\nand `<think>` and `</think>`.",
        "~~~xml\n<reasoning>a</reasoning>\n~~~",
        "```\nnot closed\n<think>a</think>\n",
        "The tag “<think>” opens and '</think>' closes.",
        "A tag: <think> is one",
        "1 < 2 <th",
        "analysis of tea",
        "`` <think> ` </think> ``",
        "Thinking [think ahead] <thinker>",
    ],
)
def test_an_answer_that_shows_a_mark_keeps_it(text: str) -> None:
    """In code and in quotes a mark is spoken of; one that opens within an answer and never closes is the answer's."""
    assert read_markup(text, OFFERED) == Marked(text, "")
    assert read_in_pieces(text) == Marked(text, "")


def test_a_stray_backtick_does_not_hide_a_thought() -> None:
    """Inline code ends on its line, or there is none."""
    assert read_markup("It`s <think>a\n</think>b", OFFERED) == Marked("It`s b", "a\n")
    assert read_markup(f"It`s\n{CALL}", OFFERED) == Marked("It`s", "", (TextCall("ping", "{}"),), ("hermes",))


def test_a_marked_call_in_a_thought_that_never_ends_is_made() -> None:
    """Some models forget to close the thought before the call; JSON alone might only be considered."""
    assert read_markup(f"<think>a {CALL}", OFFERED).calls == (TextCall("ping", "{}"),)
    assert read_markup('<think>a {"name": "ping", "arguments": {}}', OFFERED).calls == ()


@pytest.mark.parametrize(
    ("written", "thought"),
    [
        ("<|channel>thought\na<channel|>b", "\na"),  # Gemma 4
        ("<think >a</think >b", "a"),
        ('<think lang="en" depth=3>a</think>b', "a"),
        ("<analysis>a</analysis>b", "a"),
        ("<reason>a</reason>b", "a"),
        ("<antThinking>a</antThinking>b", "a"),
        ("<inner_monologue>a</inner_monologue>b", "a"),
        ("<internal_thoughts>a</internal_thoughts>b", "a"),
        ("<chain_of_thought>a</chain_of_thought>b", "a"),
        ("<REASONING_SCRATCHPAD>a</REASONING_SCRATCHPAD>b", "a"),
        ("<CoT>a</CoT>b", "a"),
        ("<|thinking|>a<|/thinking|>b", "a"),
        ("<|thinking|>a<|end_thinking|>b", "a"),
        ("<|thinking|>a<|thinking|>b", "a"),
        ("<unused94>thought\na<unused95>b", "\na"),  # MedGemma
        ("[unused16]a[unused17]b", "a"),  # Pangu
        ('<details type="reasoning" done="true" duration="3">a</details>b', "a"),  # Open WebUI
        ("[THINK]a[/THINK]b", "a"),  # Magistral
        ("Here is my thought process:\na\n\nHere is my response:\nb", "\na"),  # Granite
        ("Here's my thought process: a Here's my response: b", " a"),
        ("<seed:think>a</seed:think>b", "a"),
        ("<mm:think>a</mm:think>b", "a"),
        ("<longcat_think>a</longcat_think>b", "a"),
        ("<ifm|think_fast>a</ifm|think_fast>b", "a"),  # K2
        ("<think>\na\n</think>\n<answer>\nb\n</answer>", "\na\n"),  # Hunyuan
        ("<think>a</think>\n\n<response>\nb\n</response>", "a"),  # ERNIE
        ("<|inner_prefix|>a<|inner_suffix|>b", "a"),  # Apertus
        ("<|content_thinking|>a<|end_message|><|message_model|><|content_text|>b<|end_message|>", "a"),  # Inkling
        ("<|open|>think<|sep|>a<|close|>think<|sep|><|open|>response<|sep|>b<|close|>response<|sep|>", "a"),  # Kimi K3
        ("/think\na<|im_end|>\n<|im_start|>assistant\nb", "a"),  # HyperCLOVA X
        ("<|im_start|>think\na\n<|im_start|>answer\nb", "\na\n"),  # s1
        ("to=self<|message|>a<|eom|><|start|>assistant to=user<|message|>b<|eot|>", "a"),  # Muse Glimmer
        ("<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>b<|end_of_solution|>", "a"),  # OpenThinker
        ("<|START_THINKING|>a<|END_THINKING|><|START_TEXT|>b<|END_TEXT|>", "a"),  # Command A
        ("a</thinking>b", "a"),
        ("a[/THINK]b", "a"),
        ("a<channel|>b", "a"),
        ("let me think </think> b", "let me think"),
        ("<think/>b", ""),
        ("<|channel|>analysis <|message|>a<|end|><|start|>assistant <|channel|>final <|message|>b", "a"),
        ('<details open type="reasoning">a</details>b', "a"),
        ("<details class='thinking'>a</details>b", "a"),
        ("<think>end it by '</think>', then</think>b", "end it by '</think>', then"),
        ("<think>end it by `</think>`</think>b", "end it by `</think>`"),
        ("<thinking>a</think>b", "a"),
    ],
)
def test_known_models_are_understood(written: str, thought: str) -> None:
    """Whatever marks a model writes, the answer is "b", and the thought is apart, in pieces of any size."""
    assert read_markup(written, OFFERED) == Marked("b", thought)
    for size in (1, 3, 7):
        assert read_in_pieces(in_pieces_of(size, written)) == Marked("b", thought)


@pytest.mark.parametrize(
    ("written", "text", "thought"),
    [
        ("<think>a<think>b</think>c</think>d", "d", "a<think>bc"),
        ("Hi. <think>a<think>b</think>c</think>d", "Hi. d", "a<think>b</think>c"),
        ("<think>a<think>b</think>d", "d", "a<think>b"),
        ("<thinking>a</think>b</thinking>c", "c", "ab"),
        ("The answer <think>a</think> is 4.", "The answer is 4.", "a"),
        ("<think>a</think>b<think>c</think>d", "bd", "ac"),
        ("Hello.\n<think>a, cut", "Hello.", "a, cut"),
        ("Hello. <think>a, cut", "Hello.", "a, cut"),
        ('He said "a"</think>"Hi!"', '"Hi!"', 'He said "a"'),
        ('<think>he said "tea"</think>"Tea" is it.', '"Tea" is it.', 'he said "tea"'),
        ("Thought: a\nFinal Answer: b", "b", " a"),
        ("Hello.\nThought: a\nFinal Answer: b", "Hello.\nb", " a"),
    ],
)
def test_thoughts_stand_anywhere(written: str, text: str, thought: str) -> None:
    """In each other, in the middle, several, cut at the end, and as the words of ReAct."""
    assert read_markup(written, OFFERED) == Marked(text, thought)
    for size in (1, 3, 7):
        assert read_in_pieces(in_pieces_of(size, written)) == Marked(text, thought)


@pytest.mark.parametrize(
    "text",
    [
        "Look:\n\n    <think>a</think>\n\nDone",
        "Look:\n\t<analysis>a</analysis>\n\tb\nDone",
        "The <think> tag opens and the </think> tag closes.",
        "Put it between <think> and </think>.",
        "Close it with </think> at the end.",
        "Models end their thoughts in </think>.",
        "标签<think>和</think>标签",
        "- <think> opens\n- </think> closes",
        "<think> tags are used by models.",
        "The <|end|> token ends it.",
        "<reason_code>4</reason_code>",
        "[thought](https://example.org) and [thinking about] it",
        "<details><summary>x</summary>y</details>",
        "Here is my thought process: I walk and see.",
        "Thought: the best is yet to come.\nReally.",
    ],
)
def test_marks_that_are_spoken_of_stay(text: str) -> None:
    """Indented code, prose about marks, and tags with other names are the answer's."""
    assert read_markup(text, OFFERED) == Marked(text, "")
    for size in (1, 3, 7):
        assert read_in_pieces(in_pieces_of(size, text)) == Marked(text, "")


@pytest.mark.parametrize("size", [1, 3, 99])
@pytest.mark.parametrize(
    "written",
    [
        "[Thought] for the day: be kind.",
        "Write <reason>late</reason> into the form.",
        "An <analysis>of yours</analysis> is in the file.",
        "<planning>Week 1</planning> is done.",
        "Use `<think>` tags to show thoughts, e.g. </think> ends it. Fine.",
        "analysisThe report is done.",
        "<reason>never closed",
    ],
)
def test_words_that_only_look_like_thoughts_are_the_answer(written: str, size: int) -> None:
    """Names that people use for other things count only at the beginning, and closed."""
    assert read_in_pieces(in_pieces_of(size, written)) == Marked(written, "")
