"""Score the answers of turns that have a gold answer, and average the scores by kind of question."""

from collections.abc import Sequence
from dataclasses import dataclass

from carrel.errors import ModelFailed
from carrel.language.phrases.sources import without_sources
from carrel.protocols import ChatModel
from carrel.scenario.files.load import ScenarioSource
from carrel.scenario.grade.judge import JudgeOf, judge_turn
from carrel.scenario.grade.metrics import METRICS, rouge_l
from carrel.scenario.record.trajectory import Record


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """The scores of one answer, from 0 to 1; None where a score does not apply."""

    where: str
    """The place of the turn, `s1:2`."""
    kind: str
    evidence: float | None
    """The share of the evidence that was retrieved."""
    answer: float | None
    """By the metric of its kind."""
    rouge: float | None
    judged: float | None = None
    """The mean of the judge's scores."""
    said: str = ""
    gold: str = ""


def score_turn(source: ScenarioSource, record: Record, judge_of: JudgeOf) -> list[AnswerScore]:
    """Return the score of a turn that has a gold answer, and nothing for any other record."""
    if record["type"] != "turn":
        return []
    turn = source.scenario.sessions[record["index"]].turns[record["number"] - 1]
    wanted = turn.score
    if wanted is None:
        return []
    answer = without_sources(record["reply"])
    gold = wanted.answer
    has_metric = gold is not None or wanted.metric == "abstains"
    return [
        AnswerScore(
            where=f"{record['session']}:{record['number']}",
            kind=wanted.kind or "all",
            evidence=evidence_share(record["retrieved"], wanted.evidence),
            answer=METRICS[wanted.metric](answer, gold or "") if has_metric else None,
            rouge=rouge_l(answer, gold) if gold is not None and wanted.metric != "abstains" else None,
            judged=_mean_judgement(judge_of(""), wanted.rubric, gold, record),
            said=answer,
            gold=gold or "",
        )
    ]


def evidence_share(hits: Sequence[Record], evidence: Sequence[str]) -> float | None:
    """Return the share of the evidence among the sources of the retrieved memories; None if there is no evidence."""
    if not evidence:
        return None
    sources = {hit["source"] for hit in hits}
    return len(sources.intersection(evidence)) / len(set(evidence))


def _mean_judgement(model: ChatModel | None, rubric: Sequence[str], gold: str | None, record: Record) -> float | None:
    """Return the mean of the judge's scores over the rubric; None if there is no judge, or it gives no score."""
    rubrics = rubric or ([f"The answer says the same as: {gold}"] if gold else [])
    if model is None or not rubrics:
        return None
    try:
        return sum(judge_turn(model, item, record).score for item in rubrics) / len(rubrics)
    except ModelFailed:
        return None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The mean scores of the answers of one kind, in percent."""

    kind: str
    questions: int
    evidence: float | None
    answer: float | None
    rouge: float | None
    judged: float | None

    @property
    def figures(self) -> tuple[float | None, ...]:
        """The four means, in the order of the columns."""
        return self.evidence, self.answer, self.rouge, self.judged

    def to_json(self) -> dict[str, float | int | str | None]:
        """Return the row by column name."""
        return {name: getattr(self, name) for name in ("kind", "questions", "evidence", "answer", "rouge", "judged")}


def tabulate(scores: Sequence[AnswerScore]) -> list[ScoreRow]:
    """Return a row for each kind and, if there are several, a last one for all."""
    kinds = sorted({item.kind for item in scores})
    rows = [_average(kind, [item for item in scores if item.kind == kind]) for kind in kinds]
    return [*rows, _average("all", scores)] if len(kinds) > 1 else rows


def _average(kind: str, scores: Sequence[AnswerScore]) -> ScoreRow:
    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return round(100 * sum(known) / len(known), 1) if known else None

    return ScoreRow(
        kind,
        len(scores),
        mean([item.evidence for item in scores]),
        mean([item.answer for item in scores]),
        mean([item.rouge for item in scores]),
        mean([item.judged for item in scores]),
    )
