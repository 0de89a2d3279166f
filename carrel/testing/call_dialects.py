"""Write a call as text, in every dialect that models are known to write: for tests of what reads it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

Arguments = Mapping[str, Any]
Writer = Callable[[str, Arguments], str]


def _json(name: str, arguments: Arguments, keys: tuple[str, str] = ("name", "arguments")) -> str:
    return json.dumps({keys[0]: name, keys[1]: dict(arguments)}, ensure_ascii=False)


def _object(arguments: Arguments) -> str:
    return json.dumps(dict(arguments), ensure_ascii=False)


def _python(name: str, arguments: Arguments) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tags(arguments: Arguments, opening: str, close: str) -> str:
    return "\n".join(f"{opening.format(key)}\n{_plain(value)}\n{close}" for key, value in arguments.items())


def _glm(name: str, arguments: Arguments) -> str:
    pairs = (f"<arg_key>{key}</arg_key>\n<arg_value>{_plain(value)}</arg_value>" for key, value in arguments.items())
    return "\n".join(["<tool_call>" + name, *pairs, "</tool_call>"])


def _doubled(text: str) -> str:
    """Return JSON as models write it whose template shows an example with doubled braces."""
    quoted, doubled = False, []
    for before, char in zip(" " + text, text, strict=False):
        quoted ^= char == '"' and before != "\\"
        doubled.append(char * 2 if char in "{}" and not quoted else char)
    return "".join(doubled)


def _escaped(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_escaped, value))}]"
    return f"<escape>{value}<escape>" if isinstance(value, str) else json.dumps(value)


def _function_gemma(name: str, arguments: Arguments) -> str:
    pairs = (f"{key}:{_escaped(value)}" for key, value in arguments.items())
    return f"<start_function_call>call:{name}{{{','.join(pairs)}}}<end_function_call>"


CALL_DIALECTS: Mapping[str, Writer] = {
    "hermes": lambda name, given: f"<tool_call>\n{_json(name, given)}\n</tool_call>",
    "hermes, not closed": lambda name, given: f"<tool_call>\n{_json(name, given)}",
    "hermes, not opened": lambda name, given: f"{_json(name, given)}\n</tool_call>",
    "function tag": lambda name, given: f"<function={name}>{_object(given)}</function>",
    "qwen3 coder": lambda name, given: (
        f"<tool_call>\n<function={name}>\n{_tags(given, '<parameter={}>', '</parameter>')}\n</function>\n</tool_call>"
    ),
    "invoke": lambda name, given: (
        f'<function_calls>\n<invoke name="{name}">\n'
        + _tags(given, '<parameter name="{}">', "</parameter>")
        + "\n</invoke>\n</function_calls>"
    ),
    "mistral": lambda name, given: f"[TOOL_CALLS][{_json(name, given)}]",
    "mistral, with the name first": lambda name, given: f"[TOOL_CALLS]{name}[ARGS]{_object(given)}",
    "llama": lambda name, given: f"<|python_tag|>{_json(name, given, ('name', 'parameters'))}<|eom_id|>",
    "bare json": lambda name, given: _json(name, given, ("name", "parameters")),
    "function and args": lambda name, given: _json(name, given, ("function", "args")),
    "tool and input": lambda name, given: _json(name, given, ("tool", "input")),
    "openai": lambda name, given: json.dumps(
        {"type": "function", "function": {"name": name, "arguments": _object(given)}}, ensure_ascii=False
    ),
    "list": lambda name, given: f"[{_json(name, given)}]",
    "doubled braces": lambda name, given: _doubled(_json(name, given)),
    "single quotes": lambda name, given: repr({"name": name, "arguments": dict(given)}),
    "json block": lambda name, given: f"```json\n{_json(name, given)}\n```",
    "tool_code block": lambda name, given: f"```tool_code\n{_python(name, given)}\n```",
    "python block": lambda name, given: f"```python\nprint({_python(name, given)})\n```",
    "brackets": lambda name, given: f"[{_python(name, given)}]",
    "lfm": lambda name, given: f"<|tool_call_start|>[{_python(name, given)}]<|tool_call_end|>",
    "deepseek": lambda name, given: (
        f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>{name}\n"
        f"```json\n{_object(given)}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "deepseek 3.1": lambda name, given: (
        f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>{name}<｜tool▁sep｜>{_object(given)}"
        "<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    ),
    "deepseek, narrow bars": lambda name, given: (
        f"<|tool_calls_begin|><|tool_call_begin|>{name}<|tool_sep|>{_object(given)}<|tool_call_end|><|tool_calls_end|>"
    ),
    "kimi": lambda name, given: (
        f"<|tool_calls_section_begin|><|tool_call_begin|>functions.{name}:0<|tool_call_argument_begin|>"
        f"{_object(given)}<|tool_call_end|><|tool_calls_section_end|>"
    ),
    "glm": _glm,
    "gemma": _function_gemma,
    "harmony": lambda name, given: (
        f"<|channel|>commentary to=functions.{name} <|constrain|>json<|message|>{_object(given)}<|call|>"
    ),
    "react": lambda name, given: f"Action: {name}\nAction Input: {_object(given)}",
}
"""By name: a function of a tool's name and its arguments."""
