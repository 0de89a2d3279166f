"""The dialects of thoughts in text: which marks stand round them. Pure.

Most marks are tags with a name that says what they hold, such as `<think>`, `<|begin_of_thought|>` or
`[/THINK]`: they are known by a rule for such names. The rest is a table. Patterns match what `Source.folded` shows:
small letters, and plain bars.
"""

import re
from dataclasses import dataclass

from carrel.markup.mentions import is_quoted
from carrel.markup.source import NeedMore, Source, by_length, fold

_NAME = (
    r"(?:[a-z]{1,16}[:|])?(?:[a-z_-]{0,24}?(?:think|thinking|thoughts?|reasoning|monologue|scratchpad|reflection)"
    r"(?:[_-](?:process|block|section|trace|steps|content|fast|faster))?"
    r"|(?:internal[_-])?(?:reason|analysis|cot|rationale|deliberation|introspection))"
)
_DOUBTFUL = re.compile(
    r"<(?:reason|analysis|cot|rationale|deliberation|introspection)\b|\[(?:thinking|thought|reasoning)\]"
)
"""Marks that people use for other things too: only at the beginning, and closed, do they stand round a thought."""
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))*\s*"
_OPEN_TAG = re.compile(
    rf"<(?P<tag>{_NAME}){_ATTRIBUTES}>|<\|(?:(?:start|begin)_(?:of_)?)?(?P<bar>{_NAME})(?:[_:](?:start|begin))?\|>"
    rf"|◁(?P<kimi>{_NAME})▷|\[(?P<bracket>think|thinking|thought|reasoning)\](?!\()"
)
_CLOSE_TAG = re.compile(
    rf"</(?P<tag>{_NAME})\s*>|</\|(?P<inside>{_NAME})\|>|<\|/(?P<bar>{_NAME})\|?>|<\|end_(?:of_)?(?P<end>{_NAME})\|>"
    rf"|<\|(?P<behind>{_NAME})[_:](?:end|stop)\|>|◁/(?P<kimi>{_NAME})▷|\[/(?P<bracket>{_NAME})\]"
)
_PARTIAL_TAG = re.compile(
    rf"<(?:[/|]{{0,2}}[a-z_:|-]{{0,48}}|{_NAME}\s[^<>]{{0,200}}|/{_NAME}\s+)|◁/?[a-z_-]{{0,32}}|\[/?[a-z]{{0,10}}"
)
"""What may still become one."""
_TAG_STARTS = frozenset("<◁[")


@dataclass(frozen=True, slots=True)
class Thought:
    """A thought by what ends it: marks that are part of it, and marks `until` which it goes on."""

    name: str
    closes: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    tagged: bool = False
    """Whether it also ends at any closing tag with the name of a thought."""

    @property
    def ends(self) -> re.Pattern[str]:
        """All that ends such a thought."""
        literals = [re.escape(mark) for mark in by_length((*self.closes, *self.until))]
        return re.compile("|".join([*literals, _CLOSE_TAG.pattern] if self.tagged else literals))


_STARTS = ("", "<|start|>assistant", "<|start|>assistant ")
_HARMONY = Thought("harmony", ("<|end|>", "<|eom|>", "<|eot|>"), ("<|start|>", "<|channel|>", "<|call|>", "<|return|>"))
_LITERALS = {
    **{f"{start}<|channel|>analysis{gap}<|message|>": _HARMONY for start in _STARTS for gap in ("", " ")},
    "to=self<|message|>": _HARMONY,  # Muse Glimmer
    "<|start|>assistant to=self<|message|>": _HARMONY,
    "<|channel>thought": Thought("gemma", ("<channel|>",)),
    "<|channel>analysis": Thought("gemma", ("<channel|>",)),
    "<unused94>thought": Thought("medgemma", ("<unused95>",)),
    "<unused94>": Thought("medgemma", ("<unused95>",)),
    "[unused16]": Thought("pangu", ("[unused17]",)),
    "<|inner_prefix|>": Thought("apertus", ("<|inner_suffix|>",)),
    "<|message_model|><|content_thinking|>": Thought("inkling", ("<|end_message|>",)),
    "<|content_thinking|>": Thought("inkling", ("<|end_message|>",)),
    "<|open|>think<|sep|>": Thought(
        "kimi", ("<|close|>think<|sep|>",), ("<|open|>response<|sep|>", "<|open|>tools<|sep|>")
    ),
    "<|im_start|>think": Thought("s1", (), ("<|im_start|>answer", "<|im_end|>")),
    "/think\n": Thought("hyperclova", ("<|im_end|>",), ("<|im_start|>assistant",)),
}
_LITERAL_OPENS = by_length(_LITERALS)
_LITERAL_CLOSES = by_length(["<channel|>", "<unused95>", "[unused17]", "<|inner_suffix|>", "<|close|>think<|sep|>"])
_DETAILS = re.compile(r"<details\s[^<>]*\b(?:type|class)\s*=\s*[\"']?(?:reasoning|thinking|thoughts?)\b[^<>]*>")
_PARTIAL_DETAILS = re.compile(r"<(?:d|de|det|deta|detai|detail|details(?:\s[^<>]{0,300})?)")
_OPENWEBUI = Thought("details", ("</details>",))
STRIPPED = Thought("stripped", ("assistantfinal",), ("assistantcommentary",))
"""Harmony where the server has taken the marks out and left their words."""
_STRIPPED_OPEN = "analysis"


@dataclass(frozen=True, slots=True)
class Label:
    """Words before a thought, and the words at its end; only where both stand is it one."""

    opens: re.Pattern[str]
    closes: tuple[str, ...]


OBSERVATION = Thought("react", (), ("\nthought:", "\n**thought:", "\naction:", "\nfinal answer:", "\n**final answer:"))
"""What a model imagines a tool to answer, once it has called one in ReAct's manner."""
OBSERVATION_OPENS = ("**observation:", "observation:")

GRANITE_OPENS = by_length(f"here{verb} my thought process:" for verb in (" is", "'s", "’s"))
GRANITE = Label(
    re.compile(r"()\s*here(?: is|'s|’s) my thought process:"),
    by_length(f"here{verb} my response:" for verb in (" is", "'s", "’s")),
)
REACT = Label(
    re.compile(r"(?:.*?\n|)()[ \t]*(?:\*\*)?thought:(?:\*\*)?", re.DOTALL), ("final answer:", "**final answer:**")
)

_CHANNELS = [
    f"{start}<|channel|>{name}{gap}<|message|>"
    for start in _STARTS
    for name in ("final", "commentary")
    for gap in ("", " ")
]
FRAMES = by_length(
    mark.replace("␣", " ")
    for mark in """<|start|>assistant<|message|> to=user<|message|>
    <|end|> <|return|> <|call|> <think/> <|eom|> <|eot|> <|start_response|> <|end_response|> <|start_text|>
    <|end_text|> <|begin_of_solution|> <|end_of_solution|> <|message_model|> <|content_text|> <|end_message|>
    <|content_model_end_sampling|> <|open|>response<|sep|> <|close|>response<|sep|> <|close|>message<|sep|>
    <|end_of_msg|> <|im_start|>answer <|im_start|>assistant <|im_end|> <|message_sep|> <|channel>final
    <|start|>assistant␣to=user<|message|>""".split()
    + _CHANNELS
)
"""Marks round an answer, which are none of it."""
ANSWER_TAGS = by_length(f"<{name}>" for name in ("answer", "response", "final", "final_answer", "output", "solution"))
"""Tags that some models put round the answer behind a thought."""


def read_opening(source: Source, at: int) -> tuple[Thought, int] | None:
    """Return the thought that opens at a position, and where its text begins. Raise NeedMore."""
    if mark := source.longest(_LITERAL_OPENS, at):
        return _LITERALS[mark], at + len(mark)
    if found := _match(source, _OPEN_TAG, _PARTIAL_TAG, at):
        return Thought(_name(found), tagged=True, closes=_bar_closes(found)), found.end()
    if found := _match(source, _DETAILS, _PARTIAL_DETAILS, at):
        return _OPENWEBUI, found.end()
    return None


def read_close(source: Source, at: int) -> tuple[str, int] | None:
    """Return the name in the closing mark at a position, and the position behind it. Raise NeedMore."""
    if mark := source.longest(_LITERAL_CLOSES, at):
        return mark, at + len(mark)
    found = _match(source, _CLOSE_TAG, _PARTIAL_TAG, at)
    return (_name(found), found.end()) if found else None


def opened_in(text: str) -> list[str]:
    """Return the names of the tags that a thought opens within itself."""
    return [_name(found) for found in _OPEN_TAG.finditer(fold(text))]


def name_of_close(mark: str) -> str:
    """Return the name in the mark that closed a thought, or "" where that is no tag."""
    found = _CLOSE_TAG.fullmatch(mark)
    return _name(found) if found else ""


def is_doubtful(source: Source, at: int) -> bool:
    """Tell whether the mark at a position may as well be meant by something else than a thought."""
    return bool(_DOUBTFUL.match(source.folded, at))


def has_end(source: Source, at: int, thought: Thought) -> bool:
    """Tell whether a thought ends somewhere. Raise NeedMore where its end may still come."""
    if find_end(source, at, thought):
        return True
    if not source.final:
        raise NeedMore
    return False


def opens_stripped(source: Source, at: int) -> int:
    """Return where the text of a thought begins of which the marks were taken out, or 0 where none stands there."""
    end = at + len(_STRIPPED_OPEN)
    return end if source.has(_STRIPPED_OPEN, at) and source.char(end).isupper() else 0


def find_end(source: Source, at: int, thought: Thought) -> tuple[int, int] | None:
    """Return where a thought ends and where the text behind it begins, or None where its end is not there yet.

    A mark that the thought quotes does not end it. Raise NeedMore.
    """
    for found in thought.ends.finditer(source.folded, at):
        if not is_quoted(source, found.start(), found.end()):
            return found.start(), found.start() if found[0] in thought.until else found.end()
    return None


def read_end(source: Source, at: int, thought: Thought) -> tuple[int, int] | None:
    """Return the same with the thoughts within it, or None where the thought never ends. Raise NeedMore."""
    first = find_end(source, at, thought)
    if first is None and not source.final:
        raise NeedMore
    if first is None or not _OPEN_TAG.search(source.folded, at, first[0]):
        return first
    return _balanced_end(source, at) or first


def _balanced_end(source: Source, at: int) -> tuple[int, int] | None:
    depth = 1
    for found in re.finditer(f"{_unnamed(_OPEN_TAG)}|(?P<close>{_unnamed(_CLOSE_TAG)})", source.folded[at:]):
        depth += -1 if found["close"] else 1
        if not depth:
            return at + found.start(), at + found.end()
    if not source.final:
        raise NeedMore
    return None


def certain(source: Source, at: int, thought: Thought) -> int:
    """Return up to where a thought that has not ended yet surely goes on."""
    marks = (*thought.closes, *thought.until)
    longest = max(64 if thought.tagged else 0, *map(len, marks), 1)
    for start in range(max(at, len(source.text) - longest + 1), len(source.text)):
        try:
            source.longest(marks, start)
            if thought.tagged:
                _match(source, _CLOSE_TAG, _PARTIAL_TAG, start)
        except NeedMore:
            return start
    return len(source.text)


def _match(source: Source, pattern: re.Pattern[str], partial: re.Pattern[str], at: int) -> re.Match[str] | None:
    """Return what a pattern matches at a position. Raise NeedMore where the text so far may only be its beginning."""
    if source.folded[at : at + 1] not in _TAG_STARTS:
        return None
    found = pattern.match(source.folded, at)
    if not source.final and (found.end() if found else len(source.text)) == len(source.text):
        if found is None and not partial.fullmatch(source.folded, at):
            return None
        if found is None or found[0].endswith("]"):
            raise NeedMore
    return found


def _name(found: re.Match[str]) -> str:
    return next(text for text in found.groupdict().values() if text).split(":")[-1]


def _bar_closes(found: re.Match[str]) -> tuple[str, ...]:
    """Return what else closes `<|thinking|>`: the same mark again, or a mark that opens the answer."""
    return (found[0], "<|response|>", "<|answer|>", "<|final|>", "<|assistant|>") if found["bar"] else ()


def _unnamed(pattern: re.Pattern[str]) -> str:
    return re.sub(r"\?P<\w+>", "?:", pattern.pattern)
