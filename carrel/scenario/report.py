"""Say how stories came out: for people, for programs, and for whatever reads JUnit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

from carrel.scenario.grade.grade import Verdict
from carrel.scenario.grade.scores import Scored, table
from carrel.scenario.suite import Result
from carrel.text import clean_text

MOST = 10
"""Failures of one story that are shown; the JSON holds all."""


def told(result: Result) -> Iterator[str]:
    """Yield the lines that tell how one story came out."""
    mark = {"passed": "PASS ", "failed": "FAIL ", "error": "ERROR"}[result.outcome]
    again = f" #{result.repetition}" if result.repetition > 1 else ""
    yield f"{mark} {result.name}{again}  ({_size(result)})"
    for verdict in result.failures[:MOST]:
        yield from failure(result, verdict)
    if len(result.failures) > MOST:
        yield f"  … and {len(result.failures) - MOST} more failures"
    if result.error:
        yield from (f"  {line}" for line in result.error["message"].splitlines())
        yield f"  {result.file}"
    for verdict in result.verdicts:
        if verdict.outcome == "skipped":
            yield f"  skipped  {result.file}:{verdict.line}  {verdict.where}  {verdict.kind}: {verdict.actual}"
    if result.home and result.outcome != "passed":
        yield f"  kept in {result.home}"


def failure(result: Result, verdict: Verdict) -> Iterator[str]:
    """Yield what was expected, what was the case, and how to look at it."""
    yield f"  {result.file}:{verdict.line}  {verdict.where}  {verdict.kind}"
    yield f"    expected  {verdict.expected}"
    yield f"    actual    {verdict.actual}"
    yield f"    look      {look(result, verdict)}"


def look(result: Result, verdict: Verdict) -> str:
    """Return the command that shows the place where an expectation failed."""
    place = verdict.where.partition(" ")[0]
    if result.home:
        session = place.partition(":")[0]
        shown = f"session show {session}" if session != "end" else "memory ls"
        return f"CARREL_HOME={result.home} carrel {shown} -a {result.agent}"
    if ":" in place:
        return f"carrel run {result.file} --stop-at {place} --interactive"
    return f"carrel run {result.file} --keep DIR"


def _size(result: Result) -> str:
    parts = [f"{result.turns} turns" if result.turns != 1 else "1 turn", f"{result.count('passed')} held"]
    parts += [f"{len(result.failures)} failed"] if result.failures else []
    parts += [f"{result.count('skipped')} skipped"] if result.count("skipped") else []
    parts += [f"{result.taken} from an earlier run"] if result.taken else []
    return ", ".join([*parts, f"{result.seconds:.1f} s"])


def totals(results: Sequence[Result]) -> dict[str, Any]:
    """Return the counts over all runs, and the share that passed."""
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


def pass_rates(results: Sequence[Result]) -> list[tuple[str, int, int]]:
    """Return for each story how often it passed and how often it ran."""
    by_story: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_story[result.file].append(result)
    return [(runs[0].name, sum(run.outcome == "passed" for run in runs), len(runs)) for runs in by_story.values()]


def to_json(results: Sequence[Result]) -> dict[str, Any]:
    """Return all of it in the form that `carrel run --json` prints."""
    scores = [score for result in results for score in result.scores]
    data = {**totals(results), "scenarios": [result_json(result) for result in results]}
    return {**data, "scores": [row.to_json() for row in table(scores)]} if scores else data


def result_json(result: Result) -> dict[str, Any]:
    """Return one run by field."""
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
        data |= {"scores": [row.to_json() for row in table(result.scores)], "taken": result.taken}
        data["answers"] = [_answer(score) for score in result.scores]
    return data


def _answer(score: Scored) -> dict[str, Any]:
    names = ("where", "kind", "evidence", "answer", "rouge", "judged", "said", "gold")
    return {name: getattr(score, name) for name in names}


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """Write a JUnit report: a test case for each run."""
    counts = totals(results)
    attributes = {"tests": counts["runs"], "failures": counts["failed"], "errors": counts["errors"]}
    root = xml.Element("testsuites", {name: str(value) for name, value in attributes.items()})
    suite = xml.SubElement(root, "testsuite", {"name": "carrel", **root.attrib})
    for result in results:
        name = result.name if result.repetition == 1 else f"{result.name} #{result.repetition}"
        case = xml.SubElement(
            suite, "testcase", {"classname": result.slug, "name": clean_text(name), "time": f"{result.seconds:.3f}"}
        )
        case.set("file", result.file)
        if result.failures:
            text = "\n".join(line for verdict in result.failures for line in failure(result, verdict))
            first = result.failures[0]
            element = xml.SubElement(case, "failure", {"message": clean_text(f"{first.where} {first.kind}")})
            element.text = clean_text(text)
        if result.error:
            element = xml.SubElement(case, "error", {"message": clean_text(result.error["code"])})
            element.text = clean_text(result.error["message"])
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
