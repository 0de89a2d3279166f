"""Grade the records of a scenario, as they come from a run or from a file, against its expectations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carrel.errors import ModelFailed
from carrel.scenario.files.expectations import Expectation, JudgeMatch
from carrel.scenario.files.load import ScenarioSource
from carrel.scenario.files.matches import NumberMatch
from carrel.scenario.files.scenario import TurnSpec
from carrel.scenario.files.templates import fill_model
from carrel.scenario.grade.checks import CheckResult, check_expectation
from carrel.scenario.grade.judge import JudgeOf, judge_turn
from carrel.scenario.grade.state import State
from carrel.scenario.grade.wording import quote
from carrel.scenario.record.trajectory import Record, failed_unexpectedly


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking an expectation, and its place."""

    kind: str
    outcome: str
    expected: str
    actual: str
    where: str
    """The turn (`s2:3`), the session, or `end`."""
    line: int

    def to_json(self) -> dict[str, Any]:
        """Return the verdict by field name."""
        return {name: getattr(self, name) for name in ("kind", "outcome", "expected", "actual", "where", "line")}


@dataclass(slots=True)
class Grader:
    """Grades the records of one scenario in order."""

    source: ScenarioSource
    judge_of: JudgeOf = lambda name: None
    seconds: Mapping[str, float] | None = None
    """How long each turn took; None in a replay."""
    state: State = field(default_factory=State)

    def grade(self, record: Record) -> list[Verdict]:
        """Return the verdicts on the expectations that belong to the next record."""
        self.state.apply(record)
        scenario = self.source.scenario
        match record["type"]:
            case "turn" | "check":
                return list(self._grade_turn(record, scenario.sessions[record["index"]].turns[record["number"] - 1]))
            case "close":
                path = ("sessions", record["index"], "expect")
                return list(self._grade_all(scenario.sessions[record["index"]].expect, path, record["session"]))
            case "end":
                return list(self._grade_all(scenario.expect, ("expect",), "end"))
        return []

    def _grade_turn(self, record: Record, turn: TurnSpec) -> Iterator[Verdict]:
        if record["type"] == "turn" and failed_unexpectedly(record, turn):
            return
        repetition = record["repetition"]
        suffix = f" (repetition {repetition})" if turn.repeat > 1 else ""
        where = f"{record['session']}:{record['number']}{suffix}"
        path = ("sessions", record["index"], "turns", record["number"] - 1)
        if record.get("unused"):
            actual = f"{record['unused']} of the turn's {len(turn.replies or ())} replies were not used"
            line = self.source.line(*path, "replies")
            yield Verdict("replies", "failed", "every reply is used", actual, where, line)
        yield from self._grade_all([fill_model(item, repetition) for item in turn.expect], (*path, "expect"), where)

    def _grade_all(
        self, expectations: Sequence[Expectation], path: tuple[str | int, ...], where: str
    ) -> Iterator[Verdict]:
        for number, expectation in enumerate(expectations):
            line = self.source.line(*path, number)
            for result in self._check(expectation):
                yield Verdict(result.kind, result.outcome, result.expected, result.actual, where, line)

    def _check(self, expectation: Expectation) -> Iterator[CheckResult]:
        yield from check_expectation(expectation, self.state)
        if expectation.latency is not None:
            yield self._check_latency(expectation.latency)
        if expectation.judge is not None:
            yield self._check_judge(expectation.judge)

    def _check_latency(self, match: NumberMatch) -> CheckResult:
        expected = f"{match.description} seconds"
        turn = self.state.turn
        name = f"{turn.get('session')}:{turn.get('number')}.{turn.get('repetition')}"
        if self.seconds is None or name not in self.seconds:
            return CheckResult("latency", "skipped", expected, "not measured in a replay")
        seconds = self.seconds[name]
        return CheckResult.of("latency", match.holds(seconds), expected, f"{seconds:.3f} seconds")

    def _check_judge(self, match: JudgeMatch) -> CheckResult:
        expected = f'at least {match.min:g} for "{match.rubric}"'
        model = self.judge_of(match.model)
        if model is None:
            return CheckResult("judge", "skipped", expected, "no judging model is connected: name one with --judge")
        try:
            judgement = judge_turn(model, match.rubric, self.state.turn)
        except ModelFailed as error:
            return CheckResult("judge", "failed", expected, str(error))
        reply = quote(self.state.turn.get("reply", ""))
        actual = f"{judgement.score:g}: {judgement.reason} (the reply was {reply})"
        return CheckResult.of("judge", judgement.score >= match.min, expected, actual)
