"""Compare an answer with a gold answer, without a judge. Pure.

F1 is LoCoMo's (Maharana et al., ACL 2024, task_eval/evaluation.py): on stemmed words in lower case, without
punctuation and articles; `f1-list` compares lists item by item; `abstains` is 1 if the answer says that nothing is
known. ROUGE-L is the F-measure over the longest common subsequence of words (Lin, 2004).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from carrel.words import stem

_ARTICLES = frozenset("a an the and".split())
_ABSTENTION = re.compile(
    r"not mentioned|no (?:information|mention)|nothing about|not (?:enough )?information|(?:do not|don't) know"
    r"|没有提到|没有相关|不知道",
    re.IGNORECASE,
)


def f1(answer: str, gold: str) -> float:
    """Return the F-measure from 0 to 1 over the words that both contain."""
    one, other = split_words(answer), split_words(gold)
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other)) if common else 0.0


def f1_list(answer: str, gold: str) -> float:
    """Return the mean, over the items of a gold list, of the best F1 that an item of the answer reaches."""
    golds = [item for item in gold.split(",") if item.strip()]
    items = answer.split(",")
    return sum(max(f1(item, wanted) for item in items) for wanted in golds) / max(1, len(golds))


def abstains(answer: str, gold: str) -> float:
    """Return 1 if the answer says that nothing is known, else 0; the gold answer is not looked at."""
    return float(_ABSTENTION.search(answer) is not None)


def rouge_l(answer: str, gold: str) -> float:
    """Return the F-measure from 0 to 1 over the longest common subsequence of words."""
    one, other = split_words(answer), split_words(gold)
    length = _common_subsequence_length(one, other)
    return 2 * length / (len(one) + len(other)) if length else 0.0


METRICS: dict[str, Callable[[str, str], float]] = {
    "f1": f1,
    "f1-list": f1_list,
    "abstains": abstains,
    "rouge-l": rouge_l,
}
"""The metrics by their names in a scenario."""


def split_words(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared; a Chinese character is a word."""
    words = re.findall(r"[\u3400-\u9fff]|[^\W_]+", text.lower())
    return [stem(word) for word in words if word not in _ARTICLES]


def _common_subsequence_length(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for place, against in enumerate(other, 1):
            above = row[place]
            row[place] = diagonal + 1 if word == against else max(above, row[place - 1])
            diagonal = above
    return row[-1]
