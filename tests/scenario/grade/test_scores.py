"""Scores of answers, and their means."""

from typing import Any

from carrel.scenario.grade.scores import AnswerScore, evidence_share, tabulate


def test_evidence() -> None:
    """The share of the evidence among the sources of the retrieved memories; without evidence there is no figure."""
    hits: list[dict[str, Any]] = [{"source": "D1:1"}, {"source": "D1:2"}, {"source": None}]
    assert evidence_share(hits, ["D1:1", "D9:9"]) == 0.5
    assert evidence_share(hits, []) is None


def test_table() -> None:
    """Means in percent by kind and over all; missing figures do not count."""
    scores = [
        AnswerScore("q:1", "b", 1.0, 0.5, 0.5),
        AnswerScore("q:2", "a", None, 1.0, None),
        AnswerScore("q:3", "b", 0.5, None, None, 0.25),
    ]
    assert [row.to_json() for row in tabulate(scores)] == [
        {"kind": "a", "questions": 1, "evidence": None, "answer": 100.0, "rouge": None, "judged": None},
        {"kind": "b", "questions": 2, "evidence": 75.0, "answer": 50.0, "rouge": 50.0, "judged": 25.0},
        {"kind": "all", "questions": 3, "evidence": 75.0, "answer": 75.0, "rouge": 50.0, "judged": 25.0},
    ]
    assert [row.kind for row in tabulate(scores[:1])] == ["b"]
