"""Read calls in tags: `<function=search><parameter=query>x</parameter></function>` and their like.

Pure. Readers raise NoMatch or NeedMore.
"""

import re

from carrel.markup.broken import read_broken
from carrel.markup.literals import read_value
from carrel.markup.offered import Offered
from carrel.markup.shapes import TextCall, call_with
from carrel.markup.source import NoMatch, Source, by_length, fold

_FUNCTION = by_length(
    [
        *("<function=", '<function="', "<function='", '<function name="', '<function_call name="'),
        *('<invoke name="', '<|dsml|invoke name="', '<tool name="', '<tool_call name="', '<call name="'),
    ]
)
_FUNCTION_END = by_length("</function> </invoke> </|dsml|invoke> </tool> </call>".split())
_PARAMETER = by_length(
    [
        *("<parameter=", '<parameter name="', '<|dsml|parameter name="'),
        *('<param name="', '<arg name="', "<arg_key>"),
    ]
)
_PARAMETER_END = re.compile(
    r"</parameter>|</\|dsml\|parameter>|</param>|</arg>|</arg_value>"  # what should stand there
    r"|(?=<parameter[= ]|<arg_key>|</function>|</invoke>|</tool_call>)"  # what stands there where that is forgotten
)
_KEY = re.compile(r"[\w.-]+")
_TAG_END = re.compile(">")


def read_tag(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call of `<function=name>…</function>`, by parameters or by JSON, and the position behind it."""
    opening = source.longest(_FUNCTION, at)
    if not opening:
        raise NoMatch
    name, at = offered.read_name(source, at + len(opening))
    at += source.char(at) in {'"', "'"}
    at = source.spaces(at)
    if source.char(at) == ">":
        at = source.spaces(at + 1)
    try:
        call, end = _read_content(source, at, name, offered)
    except NoMatch:
        call, end = read_broken(source, at, name)
    close = source.longest(_FUNCTION_END, source.spaces(end))
    return [call], source.spaces(end) + len(close) if close else end


def _read_content(source: Source, at: int, name: str, offered: Offered) -> tuple[TextCall, int]:
    """Return the call that stands between a function's tags, and the position behind its arguments."""
    if source.char(at) == "{":
        arguments, end = read_value(source, at)
        return call_with(name, arguments), end
    call, end = _read_parameters(source, at, name, offered)
    if end == at and source.char(at) not in "<":  # neither parameters nor an end
        raise NoMatch
    return call, end


def read_pairs(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return GLM's call, `name<arg_key>k</arg_key><arg_value>v</arg_value>`, and the position behind it."""
    name, at = offered.read_name(source, at)
    at = source.spaces(at)
    if not source.has("<arg_key>", at):
        raise NoMatch
    call, at = _read_parameters(source, at, name, offered)
    return [call], at


def read_named_tag(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call of `<search><query>x</query></search>` and the position behind it."""
    if source.char(at) != "<":
        raise NoMatch
    name, at = offered.read_name(source, at + 1)
    if source.char(at) != ">":
        raise NoMatch
    close = fold(f"</{name}>")
    texts: dict[str, str] = {}
    at = source.spaces(at + 1)
    while not source.has(close, at):
        key = next((key for key in offered.parameters(name) if source.has(fold(f"<{key}>"), at)), "")
        if not key:
            raise NoMatch
        start = at + len(key) + 2
        end = source.search(re.compile(re.escape(fold(f"</{key}>"))), start)
        texts[key] = _trimmed(source.text[start : end.start()])
        at = source.spaces(end.end())
    return [call_with(name, offered.typed(name, texts))], at + len(close)


def _read_parameters(source: Source, at: int, name: str, offered: Offered) -> tuple[TextCall, int]:
    texts: dict[str, str] = {}
    end = at
    while opening := source.longest(_PARAMETER, at):
        key, start = _read_opening(source, at + len(opening))
        stop = source.search(_PARAMETER_END, start)
        texts[key] = _trimmed(source.text[start : stop.start()])
        end = stop.end()
        at = source.spaces(end)
    return call_with(name, offered.typed(name, texts)), end


def _read_opening(source: Source, at: int) -> tuple[str, int]:
    """Return the key of a parameter and where its value begins."""
    key = source.run(_KEY, at)
    if not key:
        raise NoMatch
    start = source.search(_TAG_END, at + len(key)).end()
    value = source.spaces(start)
    return key, value + len("<arg_value>") if source.has("<arg_value>", value) else start


def _trimmed(text: str) -> str:
    """Return a value without the line breaks that set it off from its tags."""
    return text.removeprefix("\n").removesuffix("\n")
