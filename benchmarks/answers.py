"""Answers of the offline model about LoCoMo's long conversations, against the gold answers.

    python -m benchmarks.answers --data DIR [--every N] [--show KIND] [--json]

Each file becomes an agent with the conversation in recall, and each question is asked as an aside on the day after its
last message. F1 is LoCoMo's own measure (see `carrel/scenario/grade/metrics.py`), on what the reply says before its
source; of adversarial questions it is the share that is rightly not answered. `dates` is the share of the temporal
questions with a day as gold answer whose days are equal, "the Friday before 15 July 2023" being 14 July 2023.
`cpu_ms` is what the model itself takes for an answer, beyond the search. With `--always` each question is asked a
second time of a model that answers with the best it finds however little relevant that is: `f1_always`,
`by_kind_always` and `dates_always` say what abstaining costs.
"""

import argparse
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.common import percentiles, show
from carrel import Carrel
from carrel.bootstrap import create_embedder
from carrel.clock import FrozenClock
from carrel.config import Settings
from carrel.formats import locomo
from carrel.language.answers import relevance
from carrel.language.dates.find import mentions
from carrel.language.dates.period import Period
from carrel.language.phrases.sources import without_sources
from carrel.models.offline.model import OfflineModel
from carrel.protocols import Embedder, Reply, Request, TextPiece
from carrel.scenario.files.datasets import load_locomo
from carrel.scenario.grade.metrics import METRICS

_BEFORE = re.compile(
    r"(?:the )?(?P<count>two )?(?P<unit>day|week|weekend|month|\w+day)s? (?P<way>before|after|of) (?P<day>.*\d{4})",
    re.IGNORECASE,
)
"""Gold answers such as "The Friday before 15 July 2023"."""
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


class MeasuredModel(OfflineModel):
    """The offline model, and the seconds of CPU that it has taken."""

    def __init__(self, embedder: Embedder | None) -> None:
        super().__init__(embedder)
        self.seconds = 0.0

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield what the offline model does."""
        start = time.process_time()
        pieces = list(super().stream(request))
        self.seconds += time.process_time() - start
        yield from pieces


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its gold answer, empty where there is none."""

    text: str
    kind: str
    metric: str
    gold: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered."""

    question: Question
    said: str
    """Without its source."""
    score: float
    same_day: bool | None
    """Whether the day is that of the gold answer; None where that is no day."""
    seconds: float
    always: bool = False
    """Whether the model was made to answer."""


def questions(path: Path) -> list[Question]:
    """Return the questions of a file that can be scored."""
    found = []
    for source in load_locomo(path):
        for turn in source.scenario.sessions[-1].turns:
            score = turn.score
            if score and (score.answer is not None or score.metric == "abstains"):
                found.append(Question(turn.user or "", score.kind or "", score.metric, score.answer or ""))
    return found


@contextmanager
def never_abstaining(on: bool) -> Iterator[None]:
    """Let any sentence be relevant enough to answer, as long as the context is open."""
    kept = relevance.ANSWERS, relevance.ANSWERS_OF_PEOPLE, relevance.DATES
    if on:
        relevance.ANSWERS = relevance.ANSWERS_OF_PEOPLE = relevance.DATES = 0.0
    try:
        yield
    finally:
        relevance.ANSWERS, relevance.ANSWERS_OF_PEOPLE, relevance.DATES = kept


def ask(path: Path, embedder: Embedder | None, every: int, ways: Sequence[bool]) -> Iterator[Answer]:
    """Yield the answers to each question of a file, or to every so-manieth; `ways` says whether each may abstain."""
    messages = locomo.read(path)
    now = max(message.at for message in messages if message.at) + timedelta(days=1)
    model = MeasuredModel(embedder)
    with (
        tempfile.TemporaryDirectory() as home,
        Carrel.open(home, model, embedder or "none", FrozenClock(now.isoformat())) as carrel,
    ):
        agent = carrel.agent("listener")
        agent.recall.load(messages)
        carrel.store.embed_now()
        for question, always in product(questions(path)[::every], ways):
            before = model.seconds
            with agent.aside() as session, never_abstaining(always):
                said = without_sources(session.send(question.text).text)
            score = METRICS[question.metric](said, question.gold)
            yield Answer(question, said, score, same_day(question, said, now), model.seconds - before, always)


def same_day(question: Question, said: str, now: datetime) -> bool | None:
    """Return whether an answer names the day, month or year of the gold answer; None where that names none."""
    gold = gold_period(question.gold, now) if question.kind == "temporal" else None
    if gold is None:
        return None
    found = mentions(said, now, "en")
    return bool(found) and _is_same(found[0].period, gold)


def gold_period(text: str, now: datetime) -> Period | None:
    """Return the day, week, month or year of a gold answer; None where it is none, such as "four months"."""
    text = re.sub(r"(\d)([A-Z])", r"\1 \2", text)
    beside = _BEFORE.search(text)
    if beside:
        days = mentions(beside["day"], now, "en")
        return _beside(days[0].period.day, beside) if days else None
    found = (one for one in mentions(text, now, "en") if re.search(r"\d{4}|\d [A-Z]", text[one.start : one.end]))
    return next((one.period for one in found), None)


def _beside(day: date, match: re.Match[str]) -> Period | None:
    """Return the period that a match of `_BEFORE` names beside a day."""
    way = {"before": -1, "of": 0, "after": 1}[match["way"].lower()]
    count = way * (2 if match["count"] else 1)
    match match["unit"].lower():
        case "day":
            return Period(day + timedelta(days=count))
        case "week":
            return Period(day + timedelta(weeks=count), "week")
        case "weekend":
            away = -((day.weekday() - 5) % 7) if way < 0 else (5 - day.weekday()) % 7
            return Period(day + timedelta(days=away, weeks=min(0, count + 1)), "weekend")
        case unit if unit in WEEKDAYS:
            away = (WEEKDAYS.index(unit) - day.weekday()) % 7
            return Period(day + timedelta(days=(away or 7) if way > 0 else away - 7))
        case _:
            return None


def _is_same(one: Period, gold: Period) -> bool:
    """Return whether a period is the gold day, or lies in the gold week, month or year."""
    if gold.grain in ("day", "minute"):
        return one.grain in ("day", "minute") and one.day == gold.day
    return gold.first <= one.first and one.last <= gold.last


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the mean scores in percent, the share of equal days, and the CPU that an answer takes."""
    free = [answer for answer in answers if not answer.always]
    made = [answer for answer in answers if answer.always]
    always = {f"{name}_always": value for name, value in _scores(made).items()} if made else {}
    cpu = percentiles([answer.seconds for answer in free])
    return {"questions": len(free), **_scores(free), **always, "cpu_ms": cpu}


def _scores(answers: Sequence[Answer]) -> dict[str, Any]:
    by_kind: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        by_kind[answer.question.kind].append(answer.score)
    days = [answer.same_day for answer in answers if answer.same_day is not None]
    answerable = [answer.score for answer in answers if answer.question.metric != "abstains"]
    return {
        "all": _percent([answer.score for answer in answers]),
        "f1": _percent(answerable),
        "by_kind": {kind: _percent(scores) for kind, scores in sorted(by_kind.items())},
        "dates": _percent(days),
        "dated": len(days),
    }


def _percent(values: Sequence[float]) -> float:
    return round(100 * sum(values) / max(1, len(values)), 1)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="ask only every so-manieth question")
    parser.add_argument("--always", action="store_true", help="ask again without abstaining")
    parser.add_argument("--embedder", default="local")
    parser.add_argument("--show", default="", help="print the answers to the questions of this kind")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as models:
        embedder = create_embedder(Settings(embedder=options.embedder), Path(models))
        ways = (False, True) if options.always else (False,)
        paths = sorted(options.data.glob("*.json"))
        answers = [answer for path in paths for answer in ask(path, embedder, options.every, ways)]
    for one in answers:
        if options.show and one.question.kind == options.show:
            print(f"{one.score:.2f} {one.same_day} | {one.question.text} | {one.question.gold} | {one.said}")
    show("answers of the offline model about LoCoMo", summary(answers), options.json)


if __name__ == "__main__":
    main()
