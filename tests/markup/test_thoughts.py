"""Thoughts are apart from answers in every dialect; an answer that shows a mark keeps it."""

import pytest

from carrel.markup import Marked, TextCall, read_markup
from tests.markup.tools import OFFERED, read_in_pieces

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
