"""Grade answers and memory by fixed rules. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from benchmarks.agent.tasks import AnswerExpectation, MemoryExpectation

_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""Letters of scripts that do not set words apart: there a term is found within a word."""

UNKNOWN = re.compile(
    r"""do(n't|\ not)\ (\w+\ )?(know|remember|recall)
    | do(n't|\ not)\ (\w+\ )?have\ (any|that|this|the|enough|access|information|details|it\b)
    | (\bno|nothing)\ (\w+\ )?(information|record|memory|mention|data|idea|details|about|in\ memory)
    | (n't|not|never)\ (\w+\ )?(told|tell|mentioned|shared?|said|provided?|given|specified|stated|stored|recorded|known
      |available|listed|found|sure|something\ (that\ )?(you|i))
    | (can('t|not|\ not)|could(n't|\ not))\ (\w+\ )?(find|answer|tell|recall|remember|say|determine)
    | unknown | unsure | unable\ to
    | wei(ss|ß)\ (ich\ )?(\w+\ )?nicht | 不知道 | 没有(提|告诉|说|记录|相关) | 不清楚""",
    re.VERBOSE,
)
"""Ways to say that one does not know."""


def holds(text: str, term: str) -> bool:
    """Tell whether a text holds a term: one of the alternatives that `|` sets apart, as whole words, in either case.

    An asterisk at the end of an alternative allows any ending. A number is not found within a longer one.
    """
    normal = _normal(text)
    return any(_pattern(choice).search(normal) for choice in term.split("|"))


def problems_of_answer(answer: str, expected: AnswerExpectation) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    yield from _problems("the answer", answer, expected.has, expected.lacks)
    if expected.abstains and not UNKNOWN.search(_normal(answer)):
        yield "the answer does not say that this is not known"


def problems_of_memory(before: Sequence[str], after: Sequence[str], expected: MemoryExpectation) -> Iterator[str]:
    """Yield what is wrong with memory; it is given as the texts of its blocks and passages."""
    yield from _problems("memory", "\n".join(after), expected.has, expected.lacks)
    if expected.unchanged and list(before) != list(after):
        yield "memory has changed"


def _problems(what: str, text: str, has: Sequence[str], lacks: Sequence[str]) -> Iterator[str]:
    yield from (f"{what} lacks {term!r}" for term in has if not holds(text, term))
    yield from (f"{what} holds {term!r}" for term in lacks if holds(text, term))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'").casefold()


def _pattern(choice: str) -> re.Pattern[str]:
    word = _normal(choice.strip())
    stem = word.removesuffix("*")
    body = r"\s+".join(map(re.escape, stem.split()))
    if _SPACELESS.search(stem):
        return re.compile(body)
    before = r"(?<!\w)" + (r"(?<!\d[.,:])" if stem[0].isdigit() else "")
    after = (r"(?!\w)" + (r"(?![.,:]\d)" if stem[-1].isdigit() else "")) if stem == word else ""
    return re.compile(before + body + after)
