"""Read calls in tags: `<function=search><parameter=query>x</parameter></function>` and their like.

Pure. Readers raise NoMatch or NeedMore.
"""

import json
import re
from typing import Any

from carrel.markup.literals import read_value
from carrel.markup.offered import Offered
from carrel.markup.shapes import TextCall, call_with, calls_in
from carrel.markup.source import NoMatch, Source, by_length, fold
from carrel.markup.statements import read_broken, skip_separators

_NAMED = "function function_call invoke tool tool_call call use_tool tool_use |dsml|invoke".split()
_FUNCTION = by_length(
    [
        *("<function=", '<function="', "<function='", '<|open|>call tool="'),
        *(f"<{name} {key}={quote}" for name in _NAMED for key in ("name",) for quote in "\"'"),
    ]
)
_FUNCTION_END = by_length(
    """</function> </function_call> </invoke> </|dsml|invoke> </tool> </tool_call> </call> </use_tool> </tool_use>
    <|close|>call<|sep|>""".split()
)
_PARAMETER = by_length(
    [
        *("<parameter=", "<arg_key>", "<|tool_arg:start|>", '<|open|>argument key="'),
        *(f"<{name} name={quote}" for name in ("parameter", "param", "arg", "|dsml|parameter") for quote in "\"'"),
    ]
)
_PARAMETER_END = re.compile(
    r"</(?:[a-z]{2,16}[:|_])?(?:parameter|param|arg|arg_value)>|</\|dsml\|parameter>"  # what should stand there
    r"|<\|tool_arg:end\|>|<\|close\|>argument<\|sep\|>"
    r"|(?=<parameter[= ]|<arg_key>|</function>|</invoke>|</tool_call>)"  # what stands there where that is forgotten
)
_BRACKETS = {"<|": "|>", "<": ">", "[": "]"}
_INNER_CLOSES = by_length("</arguments> </parameters> </args> </input> </params> ```".split())
_VALUES = by_length(["<arg_value>", "<|tool_arg:value|>"])
_KEY = re.compile(r"[\w.-]+")
_TAG_END = re.compile(r"<\|sep\|>|<\|tool_arg:value\|>|>")
_ATTRIBUTE = re.compile(r"\s*([\w.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ATTRIBUTES = re.compile(r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))+\s*(?=/?>|<\|sep\|>)")
_ATTRIBUTES_END = re.compile(r"[>\n]")


def read_tag(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call of `<function=name>…</function>`, by parameters or by JSON, and the position behind it."""
    opening, at = source.longest_tag(_FUNCTION, at)
    if not opening:
        raise NoMatch
    name, at = offered.read_name(source, at)
    at += source.char(at) in {'"', "'"}
    at = _skip_tag_end(source, at)
    try:
        call, end = _read_content(source, at, name, offered)
    except NoMatch:
        call, end = read_broken(source, at, name)
    return [call], source.longest_tag(_FUNCTION_END, source.spaces(end))[1] if _closes(source, end) else end


def _closes(source: Source, at: int) -> bool:
    return bool(source.longest_tag(_FUNCTION_END, source.spaces(at))[0])


def _skip_tag_end(source: Source, at: int) -> int:
    """Step over further attributes, and what ends the tag, where that is not forgotten."""
    at = source.spaces(at)
    if source.char(at) not in {"{", "<", ">"}:
        source.search(_ATTRIBUTES_END, at)
        if found := _ATTRIBUTES.match(source.text, at - 1):
            at = found.end()
    if source.has("<|sep|>", at):
        return source.spaces(at + len("<|sep|>"))
    return source.spaces(at + 1) if source.char(at) == ">" else at


def _read_content(source: Source, at: int, name: str, offered: Offered) -> tuple[TextCall, int]:
    """Return the call that stands between a function's tags, and the position behind its arguments."""
    if source.char(at) == "{":
        arguments, end = read_value(source, at)
        return call_with(name, arguments), end
    call, end = _read_parameters(source, at, name, offered)
    if end == at and (texts := _read_children(source, at, name, offered))[0]:
        return call_with(name, offered.typed(name, texts[0])), texts[1]
    if end == at and source.char(at) not in "<":  # neither parameters nor an end
        raise NoMatch
    return call, end


def read_pairs(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return GLM's call, `name<arg_key>k</arg_key><arg_value>v</arg_value>`, and the position behind it."""
    name, at = offered.read_name(source, at)
    at = source.spaces(at)
    at = source.spaces(source.longest_tag(("<tool_sep>",), at)[1])
    if source.longest_tag(("<arg_key>", "<|tool_arg:start|>"), at)[0]:
        call, at = _read_parameters(source, at, name, offered)
        return [call], at
    texts, at = _read_children(source, skip_separators(source, at)[0], name, offered)
    if not texts:
        raise NoMatch
    return [call_with(name, offered.typed(name, texts))], at


def read_named_tag(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call of `<search><query>x</query></search>` and the position behind it.

    The arguments may also be attributes, parameters, JSON, or the text for the first parameter; JSON may also stand
    between `<|search|>` and `<|/search|>`, or `[search]` and `[/search]`.
    """
    opening = source.longest(_BRACKETS, at)
    if not opening:
        raise NoMatch
    begin = at + len(opening)
    name, at = offered.read_name(source, begin)
    written = source.folded[begin:at]
    if opening != "<":
        return _read_bracketed(source, at, name, offered, opening, written)
    attributes, at = _read_attributes(source, at, name, offered)
    if source.has("/>", at):
        return [call_with(name, attributes)], at + len("/>")
    at = source.expect((">",), at)
    found, end = _read_tag_content(source, source.spaces(at), name, offered)
    if not (found or attributes or not offered.parameters(name)):
        raise NoMatch
    end = _skip_closes(source, end)
    close = f"</{written}>"
    if source.has(close, end):
        end += len(close)
    elif source.char(end) or source.text[end - 1] != "}":  # it may be forgotten behind JSON that ends the reply
        raise NoMatch
    return [call_with(name, {**attributes, **found})], end


def _read_bracketed(
    source: Source, at: int, name: str, offered: Offered, opening: str, written: str
) -> tuple[list[TextCall], int]:
    at = source.spaces(source.expect((_BRACKETS[opening],), at))
    if source.char(at) != "{":
        raise NoMatch
    found, end = _read_tag_content(source, at, name, offered)
    closes = [f"{begin}{written}{_BRACKETS[opening]}" for begin in (opening + "/", "<|end_", "</|")]
    close = source.longest(closes, source.spaces(end))
    return [call_with(name, found)], source.spaces(end) + len(close) if close else end


def _skip_closes(source: Source, at: int) -> int:
    """Step over the ends of what may stand round the arguments within a tool's tags."""
    while mark := source.longest(_INNER_CLOSES, at := source.spaces(at)):
        at += len(mark)
    return at


def _read_attributes(source: Source, at: int, name: str, offered: Offered) -> tuple[dict[str, Any], int]:
    """Return the arguments that are written as attributes of a tag, and the position of what ends the tag."""
    if not source.char(at).isspace():
        return {}, at
    source.search(_ATTRIBUTES_END, source.spaces(at))
    found = _ATTRIBUTES.match(source.text, at)
    if found is None:
        return {}, source.spaces(at)
    texts = {pair[1]: pair[2] or pair[3] or "" for pair in _ATTRIBUTE.finditer(found[0])}
    if not set(texts) <= set(offered.parameters(name)):
        raise NoMatch
    return offered.typed(name, texts), found.end()


def _read_tag_content(source: Source, at: int, name: str, offered: Offered) -> tuple[dict[str, Any], int]:
    """Return the arguments between a tool's tags and the position behind them."""
    begin, _ = skip_separators(source, at)
    if source.char(begin) == "{":
        value, end = read_value(source, begin)
        call = calls_in(value, offered, trusted=True)
        return (json.loads(call[0].arguments) if call and call[0].name == name else value), end
    listed, end = _read_parameters(source, begin, name, offered)
    if end > begin:
        return json.loads(listed.arguments), end
    texts, end = _read_children(source, begin, name, offered)
    if texts or source.char(end) == "<":
        return offered.typed(name, texts), end
    parameters = offered.parameters(name)
    if not parameters:
        raise NoMatch
    close = source.search(re.compile(r"</(?:[a-z]+[.:])?" + re.escape(fold(name)) + ">"), at)
    return offered.typed(name, {parameters[0]: source.text[at : close.start()].strip()}), close.start()


def _read_children(source: Source, at: int, name: str, offered: Offered) -> tuple[dict[str, str], int]:
    """Return what stands in tags that are named as the tool's parameters, and the position behind them."""
    texts: dict[str, str] = {}
    while key := next((key for key in offered.parameters(name) if source.has(fold(f"<{key}>"), at)), ""):
        start = at + len(key) + 2
        end = source.search(re.compile(re.escape(fold(f"</{key}>"))), start)
        texts[key] = _trimmed(source.text[start : end.start()])
        at = source.spaces(end.end())
    return texts, at


def _read_parameters(source: Source, at: int, name: str, offered: Offered) -> tuple[TextCall, int]:
    texts: dict[str, str] = {}
    end = at
    while (opening := source.longest_tag(_PARAMETER, at))[0]:
        key, start = _read_opening(source, opening[1])
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
    end = source.search(_TAG_END, at + len(key))
    if end[0] != ">":
        return key, end.end()
    value, start = source.longest_tag(_VALUES, source.spaces(end.end()))
    return key, start if value else end.end()


def _trimmed(text: str) -> str:
    """Return a value without the line breaks that set it off from its tags."""
    text = text.removeprefix("\n").removesuffix("\n")
    if text.startswith("<![CDATA[") and text.endswith("]]>"):
        return text[len("<![CDATA[") : -len("]]>")]
    return text
