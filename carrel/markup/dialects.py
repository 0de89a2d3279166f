"""The dialects of calls in text: which marks stand round a call. Pure.

What stands between the marks is read by `calls`, whichever marks they are, for models mix them. Marks are written as
`Source.folded` shows them: in small letters, the wide bars of DeepSeek as plain ones.
"""

import re
from dataclasses import dataclass

from carrel.markup.source import by_length


@dataclass(frozen=True, slots=True)
class Dialect:
    """The marks of one family of models, each list written as words; ␣ stands for a space in a mark."""

    name: str
    opens: str
    closes: str = ""


DIALECTS = (
    Dialect(  # Qwen, Hermes, GLM, Granite, Hunyuan, Nemotron, Seed, MiniMax, and models that resemble them
        "hermes",
        """<tool_call> <tool_calls> <toolcall> <tools> <tool_use> <tool_code> <function_call> <function_calls>
        <functioncall> <function> <tool_request> <|tool_calls|> <|tool_call:start|>""",
        """</tool_call> </tool_calls> </toolcall> </tools> </tool_use> </tool_code> </function_call> </function_calls>
        </functioncall> </function> </tool_request> <|/tool_calls|> <|tool_call:end|> <tool_call>""",
    ),
    Dialect(
        "name and arguments tags",
        "<name> <tool_name> <function_name> <tool> <action>",
        """</arguments> </parameters> </args> </input> </tool_input> </action_input> </tool_args> </params> </tool>
        </action>""",
    ),
    Dialect("mistral", "[tool_calls]", "[/tool_calls] </s>"),
    Dialect("lm studio", "[tool_request]", "[end_tool_request]"),
    Dialect("llama", "<|python_tag|> <|python_start|>", "<|python_end|> <|eom_id|> <|eot_id|>"),
    Dialect(
        "deepseek",
        """<|tool_calls_begin|> <|tool_call_begin|> function<|tool_sep|>
        <|dsml|function_calls> <|dsml|tool_calls>""",
        """<|tool_calls_end|> <|tool_call_end|> <|end_of_sentence|>
        </|dsml|function_calls> </|dsml|tool_calls>""",
    ),
    Dialect(
        "kimi",
        "<|tool_calls_section_begin|> <|open|>tools<|sep|>",
        "<|tool_calls_section_end|> <|close|>tools<|sep|> <|close|>message<|sep|>",
    ),
    Dialect("lfm", "<|tool_call_start|>", "<|tool_call_end|>"),
    Dialect("granite and phi", "<|tool_call|> functools", "<|/tool_call|> </|tool_call|>"),
    Dialect("command r", "<|start_action|>", "<|end_action|>"),
    Dialect(  # ReAct, Qwen-Agent
        "action",
        "action: **action:** tool: function: tool_call: call: ✿function✿:",
        "✿result✿ ✿return✿ ✿result✿: ✿return✿:",
    ),
    Dialect("internlm", "<|action_start|> <|plugin|>", "<|action_end|>"),
    Dialect("gemma", "<start_function_call> <|tool_call>", "<end_function_call> <tool_call|>"),
    Dialect("apertus", "<|tools_prefix|>", "<|tools_suffix|>"),
    Dialect("functionary", ">>>"),
    Dialect("gigachat", "<|message_sep|> function␣call<|role_sep|> <|function_call|>"),
    Dialect(
        "inkling", "<|message_model|> <|content_invoke_tool_json|>", "<|end_message|> <|content_model_end_sampling|>"
    ),
    Dialect("pangu", "[unused11]", "[unused12]"),
    Dialect("hyperclova", "->␣tool/function_call", "<|im_end|>"),
    Dialect(
        "harmony",
        "<|start|>assistant <|channel|>commentary <|channel|>analysis to= assistantcommentary commentary",
        "<|call|> <|end|> <|return|>",
    ),
    Dialect("transcript", "(called", ")"),  # how Carrel tells of calls to models that know no tools
)

OPENS = {mark.replace("␣", " "): dialect for dialect in DIALECTS for mark in dialect.opens.split()}
OPEN_MARKS = by_length(OPENS)

CLOSES = {dialect.name: dialect.closes.split() for dialect in DIALECTS}
STRAYS = by_length(
    mark
    for marks in CLOSES.values()
    for mark in marks
    if mark[0] in "<[" and mark not in OPENS and mark != "<|im_end|>"
)
"""Closing marks that are taken for such even where nothing was opened."""

SEPARATORS = by_length(
    """<|tool_sep|> [args] <|tool_call_argument_begin|> <|constrain|> <|message|> <|channel|>commentary
    <|content_invoke_tool_json|> </name> </tool_name> </function_name> </tool> </action> </function> <tool_sep>
    <arguments> <parameters> <args> <input> <tool_input> <action_input> <tool_args> <params>
    arguments: args: input: parameters: action_input: ✿args✿: ✿args✿ **action input:** action json code ```json ``` : =
    """.split()
)
"""What may stand between a name and its arguments once a mark has told that a call follows."""

END_OF_CALL = re.compile("|".join(map(re.escape, by_length([*STRAYS, "</function>", "</invoke>", "\n```"]))))
"""Where a call that cannot be read ends."""
