"""Report the results of runs as text, as JSON and as JUnit XML."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

from carrel.scenario.grade.grader import Verdict
from carrel.scenario.grade.scores import AnswerScore, ScoreRow, tabulate
from carrel.scenario.run import RunResult
from carrel.text import clean_text

MAX_FAILURES = 10
"""How many failures of one run the text shows; the JSON contains all."""


def format_result(result: RunResult) -> Iterator[str]:
    """Yield the lines that report one run."""
    mark = {"passed": "PASS ", "failed": "FAIL ", "error": "ERROR"}[result.outcome]
    suffix = f" #{result.repetition}" if result.repetition > 1 else ""
    yield f"{mark} {result.name}{suffix}  ({_format_counts(result)})"
    for verdict in result.failures[:MAX_FAILURES]:
        yield from format_failure(result, verdict)
    if len(result.failures) > MAX_FAILURES:
        yield f"  … and {len(result.failures) - MAX_FAILURES} more failures"
    if result.error:
        yield from (f"  {line}" for line in result.error["message"].splitlines())
        yield f"  {result.file}"
    for verdict in result.verdicts:
        if verdict.outcome == "skipped":
            yield f"  skipped  {result.file}:{verdict.line}  {verdict.where}  {verdict.kind}: {verdict.actual}"
    if result.home and result.outcome != "passed":
        yield f"  home kept in {result.home}"


def format_failure(result: RunResult, verdict: Verdict) -> Iterator[str]:
    """Yield the lines that report a failed expectation: its place, what was expected, what was found, what to run."""
    yield f"  {result.file}:{verdict.line}  {verdict.where}  {verdict.kind}"
    yield f"    expected  {verdict.expected}"
    yield f"    actual    {verdict.actual}"
    yield f"    inspect   {inspect_command(result, verdict)}"


def inspect_command(result: RunResult, verdict: Verdict) -> str:
    """Return the command with which to look at the place of a failed expectation."""
    place = verdict.where.partition(" ")[0]
    if result.home:
        session = place.partition(":")[0]
        command = f"session show {session}" if session != "end" else "memory ls"
        return f"CARREL_HOME={result.home} carrel {command} -a {result.agent}"
    if ":" in place:
        return f"carrel run {result.file} --stop-at {place} --interactive"
    return f"carrel run {result.file} --keep DIR"


def _format_counts(result: RunResult) -> str:
    parts = [f"{result.turns} turns" if result.turns != 1 else "1 turn", f"{result.count('passed')} passed"]
    parts += [f"{len(result.failures)} failed"] if result.failures else []
    parts += [f"{result.count('skipped')} skipped"] if result.count("skipped") else []
    parts += [f"{result.reused} from an earlier run"] if result.reused else []
    return ", ".join([*parts, f"{result.seconds:.1f} s"])


def format_summary(results: Sequence[RunResult]) -> Iterator[str]:
    """Yield the lines after the reports of all runs: pass rates, scores by kind of question, counts."""
    if len(results) > len({result.file for result in results}):
        for name, passed, runs in count_passes(results):
            yield f"{name}: {passed} of {runs} runs passed ({100 * passed / runs:.0f} %)"
    yield from _format_scores(tabulate([score for result in results for score in result.scores]))
    counts = count_outcomes(results)
    parts = [f"{counts['passed']} of {counts['runs']} passed"]
    parts += [f"{counts['failed']} failed"] if counts["failed"] else []
    parts += [f"{counts['errors']} ended with an error"] if counts["errors"] else []
    parts += [f"{counts['skipped']} expectations skipped"] if counts["skipped"] else []
    yield ", ".join(parts) + "."


def _format_scores(rows: Sequence[ScoreRow]) -> Iterator[str]:
    """Yield the lines of a table in which the first column is aligned left and all others right."""
    if not rows:
        return
    head = ("kind", "questions", "evidence retrieved %", "answer F1 %", "ROUGE-L %", "judged %")
    cells = [head, *((row.kind, str(row.questions), *map(_percent, row.figures)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join([row[0].ljust(widths[0]), *padded[1:]])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def count_outcomes(results: Sequence[RunResult]) -> dict[str, Any]:
    """Return the number of runs by outcome, the skipped expectations, and the share of runs that passed."""
    counts = {
        outcome: sum(result.outcome == outcome for result in results) for outcome in ("passed", "failed", "error")
    }
    return {
        "runs": len(results),
        "passed": counts["passed"],
        "failed": counts["failed"],
        "errors": counts["error"],
        "skipped": sum(result.count("skipped") for result in results),
        "pass_rate": round(counts["passed"] / len(results), 4) if results else None,
    }


def count_passes(results: Sequence[RunResult]) -> list[tuple[str, int, int]]:
    """Return for each scenario its name, how many of its runs passed, and how many there were."""
    by_file: dict[str, list[RunResult]] = defaultdict(list)
    for result in results:
        by_file[result.file].append(result)
    return [(runs[0].name, sum(run.outcome == "passed" for run in runs), len(runs)) for runs in by_file.values()]


def to_json(results: Sequence[RunResult]) -> dict[str, Any]:
    """Return the data that `carrel run --json` prints."""
    scores = [score for result in results for score in result.scores]
    data = {**count_outcomes(results), "scenarios": [result_to_json(result) for result in results]}
    return {**data, "scores": [row.to_json() for row in tabulate(scores)]} if scores else data


def result_to_json(result: RunResult) -> dict[str, Any]:
    """Return the data of one run."""
    data: dict[str, Any] = {
        "name": result.name,
        "file": result.file,
        "repetition": result.repetition,
        "outcome": result.outcome,
        "turns": result.turns,
        "seconds": round(result.seconds, 3),
        "held": result.count("passed"),
        "failed": [verdict.to_json() for verdict in result.failures],
        "skipped": [verdict.to_json() for verdict in result.verdicts if verdict.outcome == "skipped"],
        "error": result.error,
        "home": result.home,
    }
    if result.scores:
        data |= {"scores": [row.to_json() for row in tabulate(result.scores)], "taken": result.reused}
        data["answers"] = [_score_to_json(score) for score in result.scores]
    return data


def _score_to_json(score: AnswerScore) -> dict[str, Any]:
    names = ("where", "kind", "evidence", "answer", "rouge", "judged", "said", "gold")
    return {name: getattr(score, name) for name in names}


def write_junit(path: Path, results: Sequence[RunResult]) -> None:
    """Write a JUnit report with a test case for each run."""
    counts = count_outcomes(results)
    attributes = {"tests": counts["runs"], "failures": counts["failed"], "errors": counts["errors"]}
    root = xml.Element("testsuites", {name: str(value) for name, value in attributes.items()})
    suite = xml.SubElement(root, "testsuite", {"name": "carrel", **root.attrib})
    for result in results:
        _add_case(suite, result)
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _add_case(suite: xml.Element, result: RunResult) -> None:
    name = result.name if result.repetition == 1 else f"{result.name} #{result.repetition}"
    attributes = {"classname": result.slug, "name": clean_text(name), "time": f"{result.seconds:.3f}"}
    case = xml.SubElement(suite, "testcase", {**attributes, "file": result.file})
    if result.failures:
        first = result.failures[0]
        lines = (line for verdict in result.failures for line in format_failure(result, verdict))
        _add_problem(case, "failure", f"{first.where} {first.kind}", "\n".join(lines))
    if result.error:
        _add_problem(case, "error", result.error["code"], result.error["message"])


def _add_problem(case: xml.Element, tag: str, message: str, text: str) -> None:
    xml.SubElement(case, tag, {"message": clean_text(message)}).text = clean_text(text)
