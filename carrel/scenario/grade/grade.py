"""Grade a story: its records, as they come from a run or from a file, against its expectations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carrel.errors import ModelFailed
from carrel.protocols import ChatModel
from carrel.scenario.files.expectations import Expectation, Judged
from carrel.scenario.files.load import Source
from carrel.scenario.files.matches import NumberMatch
from carrel.scenario.files.story import Turn
from carrel.scenario.files.templates import numbered_model
from carrel.scenario.grade import judge
from carrel.scenario.grade.checks import Finding, findings, quoted
from carrel.scenario.play.play import is_unexpected
from carrel.scenario.record.state import Record, State

Judges = Callable[[str], ChatModel | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an expectation came to, and where it stands."""

    kind: str
    outcome: str
    expected: str
    actual: str
    where: str
    """The turn (`s2:3`), the session, or `end`."""
    line: int

    def to_json(self) -> dict[str, Any]:
        """Return the verdict by field."""
        return {name: getattr(self, name) for name in ("kind", "outcome", "expected", "actual", "where", "line")}


@dataclass(slots=True)
class Grader:
    """Takes the records of one story, in order, and says what its expectations came to."""

    source: Source
    judges: Judges = lambda name: None
    seconds: Mapping[str, float] | None = None
    """How long each turn took; None where that means nothing."""
    state: State = field(default_factory=State)

    def take(self, record: Record) -> list[Verdict]:
        """Return the verdicts that a record brings."""
        self.state.apply(record)
        scenario = self.source.scenario
        match record["type"]:
            case "turn" | "check":
                return list(self._turn(record, scenario.sessions[record["index"]].turns[record["number"] - 1]))
            case "close":
                path = ("sessions", record["index"], "expect")
                return list(self._all(scenario.sessions[record["index"]].expect, path, record["session"]))
            case "end":
                return list(self._all(scenario.expect, ("expect",), "end"))
        return []

    def _turn(self, record: Record, turn: Turn) -> Iterator[Verdict]:
        if record["type"] == "turn" and is_unexpected(record, turn):
            return
        i = record["repetition"]
        where = f"{record['session']}:{record['number']}" + (f" (repetition {i})" if turn.repeat > 1 else "")
        path = ("sessions", record["index"], "turns", record["number"] - 1)
        if record.get("unused"):
            said = f"{record['unused']} of the turn's {len(turn.replies or ())} replies were not asked for"
            line = self.source.line(*path, "replies")
            yield Verdict("replies", "failed", "every reply is asked for", said, where, line)
        yield from self._all([numbered_model(item, i) for item in turn.expect], (*path, "expect"), where)

    def _all(self, expectations: Sequence[Expectation], path: tuple[str | int, ...], where: str) -> Iterator[Verdict]:
        for number, expectation in enumerate(expectations):
            line = self.source.line(*path, number)
            found = [*findings(expectation, self.state), *self._latency(expectation), *self._judged(expectation)]
            for item in found:
                yield Verdict(item.kind, item.outcome, item.expected, item.actual, where, line)

    def _latency(self, expectation: Expectation) -> Iterator[Finding]:
        match = expectation.latency
        if match is None:
            return
        turn = self.state.turn
        where = f"{turn.get('session')}:{turn.get('number')}.{turn.get('repetition')}"
        if self.seconds is None or where not in self.seconds:
            yield Finding("latency", "skipped", _seconds(match), "answers are replayed, so the time means nothing")
        else:
            took = self.seconds[where]
            outcome = "passed" if match.holds(took) else "failed"
            yield Finding("latency", outcome, _seconds(match), f"{took:.3f} seconds")  # type: ignore[arg-type]

    def _judged(self, expectation: Expectation) -> Iterator[Finding]:
        if expectation.judge is not None:
            yield self._judgement(expectation.judge)

    def _judgement(self, wanted: Judged) -> Finding:
        expected = f'at least {wanted.min:g} for "{wanted.rubric}"'
        model = self.judges(wanted.model)
        if model is None:
            return Finding("judge", "skipped", expected, "no judging model is connected: name one with --judge")
        try:
            given = judge.judge(model, wanted.rubric, self.state.turn)
        except ModelFailed as error:
            return Finding("judge", "failed", expected, str(error))
        reply = quoted(self.state.turn.get("reply", ""))
        actual = f"{given.score:g}: {given.reason} (the reply was {reply})"
        return Finding("judge", "passed" if given.score >= wanted.min else "failed", expected, actual)


def _seconds(match: NumberMatch) -> str:
    return f"{match.words} seconds"
