"""Metrics without a judge: figures that can be worked out by hand."""

import pytest

from carrel.scenario.grade.metrics import abstains, f1, f1_list, rouge_l


@pytest.mark.parametrize(
    ("answer", "gold", "f", "rouge"),
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
def test_f1_and_rouge_l(answer: str, gold: str, f: float, rouge: float) -> None:
    """F1 counts words in any order, ROUGE-L those in order; endings, articles and case do not count."""
    assert f1(answer, gold) == pytest.approx(f)
    assert rouge_l(answer, gold) == pytest.approx(rouge)


def test_lists_and_abstentions() -> None:
    """A list is compared item by item; an abstention is right whatever the gold answer is."""
    assert f1_list("bees, cats", "cats, bees") == 1.0
    assert f1_list("bees", "cats, bees") == 0.5
    assert abstains("I found nothing about that in my memory.", "x") == 1.0
    assert abstains("It is red.", "not mentioned") == 0.0
