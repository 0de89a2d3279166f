"""The reader of calls and thoughts takes any text, cut anywhere."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.markup import read_markup
from carrel.markup.dialects import CLOSES, OPENS, SEPARATORS
from carrel.markup.thoughts import FRAMES
from carrel.testing.call_dialects import CALL_DIALECTS
from tests.fuzz import MANY
from tests.markup.tools import OFFERED, read_in_pieces

EXAMPLES = settings(
    max_examples=100_000 if MANY else 300, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

TAGS = ("<x>", "</x>", "<x >", "<|x|>", "<|/x|>", "<|end_x|>", "[x]", "[/x]", "◁x▷", "◁/x▷", '<x a="b">')
MARKS = st.sampled_from(
    [*OPENS, *SEPARATORS, *FRAMES]
    + [mark for marks in CLOSES.values() for mark in marks]
    + [mark.replace("x", name) for name in ("think", "analysis", "antThinking") for mark in TAGS]
    + "<unused94>thought <unused95> <|channel>thought <channel|> <|inner_prefix|> <|inner_suffix|> Thought:".split()
)
PARTS = st.sampled_from(
    [
        *"archival_insert|ping|get_weather|functions.ping:0|analysis|The|assistantfinal|to=|Sure.|对不对".split("|"),
        *""""name": |"arguments": |"text": "x"|'text': 'it's'|"text"|text="x"|null|True|12|1e999|await |print(""".split(
            "|"
        ),
        *"""{|}|{{|}}|[|]|(|)|`|```|```json\n|~~~|\n|\n\n| |,|;|:|=|"|'|\\|\\u00e9|\\ud83d|-|#|｜|▁|İ|\ud83d""".split(
            "|"
        ),
        *"<function=ping>|<function=archival_insert>|</function>|<parameter=text>|</parameter>|</invoke>".split("|"),
        *'<invoke name="ping">|<arg_key>text</arg_key>|<arg_value>x</arg_value>|<ping>|</ping>|<escape>'.split("|"),
        *"<archival_insert>|</archival_insert>|<text>x</text>|[CALL_ID]a1".split("|"),
    ]
)
CALLS = st.sampled_from(list(CALL_DIALECTS)).map(lambda name: CALL_DIALECTS[name]("archival_insert", {"text": 'a "b"'}))
CUT_CALLS = st.tuples(CALLS, st.integers(0, 90)).map(lambda pair: pair[0][: pair[1]])
TEXTS = st.lists(MARKS | PARTS | CALLS | CUT_CALLS | st.text(max_size=5), max_size=9).map("".join)


@EXAMPLES
@given(TEXTS, st.lists(st.integers(1, 12), max_size=12))
def test_any_text_is_read_the_same_however_it_is_cut(text: str, sizes: list[int]) -> None:
    """Nothing is raised, the pieces come to what the whole comes to, and nothing is invented."""
    whole = read_markup(text, OFFERED)
    assert read_in_pieces(text) == whole
    assert read_in_pieces(_cut(text, sizes)) == whole
    rest = iter(text)
    assert all(letter in rest for letter in whole.text), "the answer holds letters that the reply does not"
    for call in whole.calls:
        assert call.name
        json.dumps(call.arguments, ensure_ascii=False).encode()


@EXAMPLES
@given(st.text(), CALLS, st.text())
def test_a_call_is_found_in_any_text(before: str, call: str, after: str) -> None:
    """Between any texts that hold no marks of their own, a call is found and nothing of it is left."""
    plain = str.maketrans({mark: "." for mark in "<[{`~◁(>|"})
    read = read_markup(f"{before.translate(plain)}\n{call}\n{after.translate(plain)}", OFFERED)
    assert [json.loads(found.arguments) for found in read.calls] == [{"text": 'a "b"'}]
    assert "archival_insert" not in read.text


def _cut(text: str, sizes: list[int]) -> list[str]:
    pieces = []
    for size in sizes:
        pieces.append(text[:size])
        text = text[size:]
    return [*pieces, text]
