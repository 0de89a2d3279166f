"""Scores without a judge: figures that can be worked out by hand."""

from typing import Any

import pytest

from carrel.scenario.grade.scores import Scored, abstains, evidence_share, extracted, f1, f1_list, rouge_l, table


@pytest.mark.parametrize(
    ("said", "gold", "f", "rouge"),
    [
        ("The red house", "a red house", 1.0, 1.0),
        ("houses", "house", 1.0, 1.0),
        ("red blue", "blue red", 1.0, 0.5),
        ("one two three", "one two", 0.8, 0.8),
        ("", "x", 0.0, 0.0),
        ("nothing", "else", 0.0, 0.0),
        ("我喜欢花生", "花生", 4 / 7, 4 / 7),
    ],
)
def test_text_measures(said: str, gold: str, f: float, rouge: float) -> None:
    """F1 counts words whatever their order, ROUGE-L those in order; endings, articles and case do not count."""
    assert f1(said, gold) == pytest.approx(f)
    assert rouge_l(said, gold) == pytest.approx(rouge)


def test_lists_and_abstentions() -> None:
    """A list is compared part by part; an abstention is right whatever the gold answer says."""
    assert f1_list("bees, cats", "cats, bees") == 1.0
    assert f1_list("bees", "cats, bees") == 0.5
    assert abstains("I found nothing about that in my memory.", "x") == 1.0
    assert abstains("It is red.", "not mentioned") == 0.0


def test_quotes_are_extracted() -> None:
    """Of an extractive answer only what it quotes is compared."""
    quoted = 'From my memory:\n2026-01-05, Ada: "I keep bees."\ncore memory: "She said "so"."'
    assert extracted(quoted) == 'I keep bees. She said "so".'
    assert extracted('He said "no".') == 'He said "no".'


def test_evidence() -> None:
    """The share of the evidence among the sources of what was retrieved; none to find is no figure."""
    hits: list[dict[str, Any]] = [{"source": "D1:1"}, {"source": "D1:2"}, {"source": None}]
    assert evidence_share(hits, ["D1:1", "D9:9"]) == 0.5
    assert evidence_share(hits, []) is None


def test_table() -> None:
    """Means in percent by kind and over all; what has no figure does not count."""
    scores = [
        Scored("q:1", "b", 1.0, 0.5, 0.5),
        Scored("q:2", "a", None, 1.0, None),
        Scored("q:3", "b", 0.5, None, None, 0.25),
    ]
    assert [row.to_json() for row in table(scores)] == [
        {"kind": "a", "questions": 1, "evidence": None, "answer": 100.0, "rouge": None, "judged": None},
        {"kind": "b", "questions": 2, "evidence": 75.0, "answer": 50.0, "rouge": 50.0, "judged": 25.0},
        {"kind": "all", "questions": 3, "evidence": 75.0, "answer": 75.0, "rouge": 50.0, "judged": 25.0},
    ]
    assert [row.kind for row in table(scores[:1])] == ["b"]
