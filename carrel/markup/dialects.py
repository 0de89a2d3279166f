"""The dialects of calls in text: which marks stand round a call. Pure.

What stands between the marks is read by `calls`, whichever marks they are, for models mix them. Marks are written as
`Source.folded` shows them: in small letters, the wide bars of DeepSeek as plain ones.
"""

import re
from dataclasses import dataclass

from carrel.markup.source import by_length


@dataclass(frozen=True, slots=True)
class Dialect:
    """The marks of one family of models, each list written as words."""

    name: str
    opens: str
    closes: str = ""


DIALECTS = (
    Dialect(  # Qwen, Hermes, GLM, Granite, Hunyuan, Nemotron, Seed, MiniMax, and models that resemble them
        "hermes",
        """<tool_call> <tool_calls> <toolcall> <tools> <tool_use> <tool_code> <function_call> <function_calls>
        <functioncall> <seed:tool_call> <minimax:tool_call>""",
        """</tool_call> </tool_calls> </toolcall> </tools> </tool_use> </tool_code> </function_call> </function_calls>
        </functioncall> </seed:tool_call> </minimax:tool_call> <tool_call>""",
    ),
    Dialect("name and arguments tags", "<name> <tool_name>", "</arguments> </parameters> </args>"),
    Dialect("mistral", "[tool_calls]", "[/tool_calls] </s>"),
    Dialect("lm studio", "[tool_request]", "[end_tool_request]"),
    Dialect("llama", "<|python_tag|>", "<|eom_id|> <|eot_id|>"),
    Dialect(
        "deepseek",
        """<|tool_calls_begin|> <|tool_call_begin|> function<|tool_sep|>
        <|dsml|function_calls> <|dsml|tool_calls>""",
        """<|tool_calls_end|> <|tool_call_end|> <|end_of_sentence|>
        </|dsml|function_calls> </|dsml|tool_calls>""",
    ),
    Dialect("kimi", "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
    Dialect("lfm", "<|tool_call_start|>", "<|tool_call_end|>"),
    Dialect("granite and phi", "<|tool_call|> functools", "<|/tool_call|>"),
    Dialect("command r", "<|start_action|> action:", "<|end_action|>"),
    Dialect("internlm", "<|action_start|> <|plugin|>", "<|action_end|>"),
    Dialect("gemma", "<start_function_call> <|tool_call>", "<end_function_call> <tool_call|>"),
    Dialect("apertus", "<|tools_prefix|>", "<|tools_suffix|>"),
    Dialect("functionary", ">>>"),
    Dialect(
        "harmony",
        "<|start|>assistant <|channel|>commentary <|channel|>analysis to= assistantcommentary commentary",
        "<|call|> <|end|> <|return|>",
    ),
    Dialect("transcript", "(called", ")"),  # how Carrel tells of calls to models that know no tools
)

OPENS = {mark: dialect for dialect in DIALECTS for mark in dialect.opens.split()}
OPEN_MARKS = by_length(OPENS)

CLOSES = {dialect.name: dialect.closes.split() for dialect in DIALECTS}
STRAYS = by_length(mark for marks in CLOSES.values() for mark in marks if mark[0] in "<[" and mark not in OPENS)
"""Closing marks that are taken for such even where nothing was opened."""

SEPARATORS = by_length(
    """<|tool_sep|> [args] <|tool_call_argument_begin|> <|constrain|> <|message|> <|channel|>commentary
    </name> </tool_name> <arguments> <parameters> <args> arguments: args: action input: json code ```json ``` : =
    """.split()
)
"""What may stand between a name and its arguments once a mark has told that a call follows."""

END_OF_CALL = re.compile("|".join(map(re.escape, by_length([*STRAYS, "</function>", "</invoke>", "\n```"]))))
"""Where a call that cannot be read ends."""
