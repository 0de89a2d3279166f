"""Score an answer against a gold one without a judge: evidence retrieved, token F1, ROUGE-L. Pure but for the judge.

F1 is LoCoMo's own (Maharana et al., ACL 2024, task_eval/evaluation.py): lower case, without punctuation and articles,
stemmed; `f1-list` compares answers that are lists part by part; `abstains` is right where the answer says that there is
nothing to say. ROUGE-L is the F-measure over the longest common subsequence of words (Lin, 2004).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from carrel.errors import ModelFailed
from carrel.protocols import ChatModel
from carrel.scenario.files.load import Source
from carrel.scenario.grade import judge
from carrel.scenario.record.state import Record
from carrel.words import stem

_ARTICLES = frozenset("a an the and".split())
_NOTHING = re.compile(
    r"not mentioned|no (?:information|mention)|nothing about|not (?:enough )?information|(?:do not|don't) know"
    r"|没有提到|没有相关|不知道",
    re.IGNORECASE,
)
_QUOTE = re.compile(r'"(.+)"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scored:
    """How good one answer is; None where a figure means nothing."""

    where: str
    kind: str
    evidence: float | None
    """Share of the evidence that was retrieved."""
    answer: float | None
    """By the metric of its kind."""
    rouge: float | None
    judged: float | None = None
    said: str = ""
    gold: str = ""


def score_of(source: Source, record: Record, judges: Callable[[str], ChatModel | None]) -> list[Scored]:
    """Return the score of a turn that asks for one."""
    if record["type"] != "turn":
        return []
    turn = source.scenario.sessions[record["index"]].turns[record["number"] - 1]
    wanted = turn.score
    if wanted is None:
        return []
    said = extracted(record["reply"])
    gold = wanted.answer
    answer = METRICS[wanted.metric](said, gold or "") if gold is not None or wanted.metric == "abstains" else None
    rouge = rouge_l(said, gold) if gold is not None and wanted.metric != "abstains" else None
    return [
        Scored(
            where=f"{record['session']}:{record['number']}",
            kind=wanted.kind or "all",
            evidence=evidence_share(record["retrieved"], wanted.evidence),
            answer=answer,
            rouge=rouge,
            judged=_judged(judges(""), wanted.rubric, gold, record),
            said=said,
            gold=gold or "",
        )
    ]


def evidence_share(hits: Sequence[Record], evidence: Sequence[str]) -> float | None:
    """Return the share of the evidence that stood in the context; None where there is none to find."""
    if not evidence:
        return None
    sources = {hit["source"] for hit in hits}
    return len(sources.intersection(evidence)) / len(set(evidence))


def extracted(reply: str) -> str:
    """Return what an extractive answer quotes, line by line; any other answer as it stands."""
    quotes = [match[1] for line in reply.splitlines() if (match := _QUOTE.search(line))]
    return " ".join(quotes) if quotes and reply.startswith("From my memory") else reply


def tokens(text: str) -> list[str]:
    """Return the words of a text as they are compared; a Chinese character is a word."""
    words = re.findall(r"[\u3400-\u9fff]|[^\W_]+", text.lower())
    return [stem(word) for word in words if word not in _ARTICLES]


def f1(said: str, gold: str) -> float:
    """Return the F-measure over the words that both hold."""
    one, other = tokens(said), tokens(gold)
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other)) if common else 0.0


def f1_list(said: str, gold: str) -> float:
    """Return the mean over the parts of a gold list of the best F1 that a part of the answer reaches."""
    golds = [part for part in gold.split(",") if part.strip()]
    parts = said.split(",")
    return sum(max(f1(part, wanted) for part in parts) for wanted in golds) / max(1, len(golds))


def abstains(said: str, gold: str) -> float:
    """Return 1 where the answer says that there is nothing to say."""
    return float(_NOTHING.search(said) is not None)


def rouge_l(said: str, gold: str) -> float:
    """Return the F-measure over the longest common subsequence of words."""
    one, other = tokens(said), tokens(gold)
    longest = _longest_common(one, other)
    return 2 * longest / (len(one) + len(other)) if longest else 0.0


METRICS: dict[str, Callable[[str, str], float]] = {
    "f1": f1,
    "f1-list": f1_list,
    "abstains": abstains,
    "rouge-l": rouge_l,
}


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for place, against in enumerate(other, 1):
            above = row[place]
            row[place] = diagonal + 1 if word == against else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def _judged(model: ChatModel | None, rubric: Sequence[str], gold: str | None, record: Record) -> float | None:
    """Return the mean of the judge's scores; None where there is no judge, or it gives none."""
    wanted = rubric or ([f"The answer says the same as: {gold}"] if gold else [])
    if model is None or not wanted:
        return None
    try:
        return sum(judge.judge(model, item, record).score for item in wanted) / len(wanted)
    except ModelFailed:
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """The means over the answers of one kind, in percent."""

    kind: str
    questions: int
    evidence: float | None
    answer: float | None
    rouge: float | None
    judged: float | None

    def to_json(self) -> dict[str, float | int | str | None]:
        """Return the row by column."""
        return {name: getattr(self, name) for name in ("kind", "questions", "evidence", "answer", "rouge", "judged")}


def table(scores: Sequence[Scored]) -> list[Row]:
    """Return a row for each kind and, last, one for all."""
    kinds = sorted({item.kind for item in scores})
    rows = [_row(kind, [item for item in scores if item.kind == kind]) for kind in kinds]
    return [*rows, _row("all", scores)] if len(kinds) > 1 else rows


def _row(kind: str, scores: Sequence[Scored]) -> Row:
    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return round(100 * sum(known) / len(known), 1) if known else None

    return Row(
        kind,
        len(scores),
        mean([item.evidence for item in scores]),
        mean([item.answer for item in scores]),
        mean([item.rouge for item in scores]),
        mean([item.judged for item in scores]),
    )
