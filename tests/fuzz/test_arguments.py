"""The parser of arguments raises nothing but what it declares."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from carrel.errors import BadArguments
from carrel.tools.arguments import MAX_DEPTH, normalise_arguments, parse_arguments
from tests.fuzz import MANY

EXAMPLES = settings(
    max_examples=100_000 if MANY else 150, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
JSON_TEXTS = VALUES.map(json.dumps)
MARKS = st.text(alphabet='{}[]":,\\ntrue0.eE-+u \ud83d𝄞"text', max_size=40)
CUT = st.tuples(JSON_TEXTS, st.integers(0, 60)).map(lambda pair: pair[0][: pair[1]])
TEXTS = JSON_TEXTS | CUT | MARKS | st.text(max_size=40) | st.tuples(JSON_TEXTS, JSON_TEXTS).map("".join)


@EXAMPLES
@given(TEXTS)
@example("[" * 100_000)
@example('{"a":' * 70 + "1" + "}" * 70)
@example('{"a": NaN}')
@example('{"a": 1, "a": 2}')
@example('{"a": "\\ud83d"}')
@example("9" * 5000)
@example("")
def test_any_text_is_an_object_or_bad_arguments(text: str) -> None:
    """Any text is either arguments that can be stored and sent, or BadArguments that says why and what to do."""
    normalise_arguments(text)
    arguments = _parsed(text)
    if isinstance(arguments, BadArguments):
        assert str(arguments).startswith("The arguments of post are ")
        assert str(arguments).endswith("Call it like this: post()")
        return
    assert isinstance(arguments, dict)
    json.dumps(arguments, ensure_ascii=False, allow_nan=True).encode()
    assert _depth(arguments) <= MAX_DEPTH + 1


def _parsed(text: str) -> dict[str, Any] | BadArguments:
    try:
        return parse_arguments("post", text, "Call it like this: post()")
    except BadArguments as error:
        return error


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0
