"""The fake Responses API refuses what the true one refuses."""

from collections.abc import Mapping
from typing import Any

import pytest

from carrel.testing.strict_responses import Issued, violations

SAID = {"type": "message", "role": "user", "content": "Hi"}
CALL = {"type": "function_call", "call_id": "c1", "name": "ping", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "pong"}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
MADE = {**CALL, "id": "fc_1"}


def test_a_good_request_is_taken() -> None:
    """Messages, calls with results, tools and a limit pass."""
    tools = [{"type": "function", "name": "ping", "strict": False, "parameters": {}}]
    body = {"model": "m", "input": [SAID, CALL, OUTPUT], "store": False, "tools": tools, "max_output_tokens": 16}
    assert list(violations(body)) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"input": [SAID], "messages": []}, "Unknown parameter: 'messages'."),
        ({"input": []}, "Missing required parameter: 'input'."),
        ({"input": [SAID], "max_output_tokens": 9}, "Invalid 'max_output_tokens'"),
        ({"input": [{"role": "tool", "content": "x"}]}, "Invalid value: 'tool'"),
        ({"input": [{"type": "odd"}]}, "Invalid value: 'odd'"),
        ({"input": [{**SAID, "tool_calls": []}]}, "Unknown parameter: 'input[0].tool_calls'."),
        ({"input": [{"type": "reasoning", "id": "rs_1"}]}, "Missing required parameter: 'input[0].summary'."),
        ({"input": [SAID, CALL]}, "No tool output found for function call c1."),
        ({"input": [OUTPUT, SAID]}, "No tool call found for function call output with call_id c1."),
        ({"input": [SAID], "tools": [{"function": {"name": "x"}}]}, "Missing required parameter: 'tools[0].name'."),
    ],
)
def test_a_bad_request_is_refused(body: dict[str, Any], words: str) -> None:
    """The first violation says what is wrong, in the words of the API."""
    assert next(violations(body)).startswith(words)


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([REASONING, MADE], None),
        ([CALL], None),
        ([MADE], "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'."),
        ([REASONING, SAID], "Item 'rs_1' of type 'reasoning' was provided without its required following item."),
        ([REASONING], "Item 'rs_1' of type 'reasoning' was provided without its required following item."),
        ([{**REASONING, "encrypted_content": "y"}, MADE], "The encrypted content for item rs_1 could not be verified."),
        (
            [{"type": "reasoning", "id": "rs_1", "summary": []}, MADE],
            "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
        ),
    ],
)
def test_reasoning_comes_back_as_it_was_given_out(items: list[Mapping[str, Any]], words: str | None) -> None:
    """With its content, before its item; a call without the id that was given out asks for none."""
    issued = Issued()
    issued.add(REASONING, "fc_1")
    assert next(issued.violations(items), None) == words
