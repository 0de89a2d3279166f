"""How well a sentence answers a question, by the words they share, who is spoken of, and what is asked for. Pure."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from carrel.language.acts.tables import words_of
from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.remembered import Sentence
from carrel.language.dates.find import mentions
from carrel.language.facts.current import alike
from carrel.language.languages import STOP_WORDS, Language
from carrel.language.templates import straight
from carrel.words import CJK_STOP, is_cjk, query_terms, stem

PAIR_BONUS = 0.3
"""Added for a sentence with all pairs of neighbouring words of the question: it is about the same thing."""
RANK_BONUS = 0.1
"""Added for a sentence of the first line, and less for later ones: the search that found them compared meanings too."""
KIND_BONUS = 0.25
"""Added for a sentence that holds what is asked for: a day for "when", a number for "how many", a name for "who"."""
MEANING_BONUS = 0.5
"""Added for a sentence that means just what the question does, where meanings are compared."""
LENGTH_PENALTY = 0.1
"""Subtracted for each forty words: a short sentence is more likely to be the answer and nothing else."""

ANSWERS = 0.5
"""Share of the question's words, by their weight, from which on a sentence answers it."""
NEAR = 0.3
"""Share from which on it is at least near."""

Meaning = Callable[[str, Sequence[str]], Sequence[float]]
"""How alike in meaning a text is to others, from -1 to 1."""

_SPEECH = frozenset(
    stem(word)
    for word in (
        "ask asked know mention mentioned recall remember said say talk talked tell told think name called favourite kind"
        " type many much long often time day date year month exactly again weißt noch heißt welche welcher welches viele"
        " lange sais souviens quel quelle combien recuerdas sabes cuál cuántos"
    ).split()
)
"""Words of questions that say what is asked for, and stand in no answer."""
HALF = 0.5
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple|zwei|drei|vier|fünf|sechs|sieben"
    r"|acht|deux|trois|quatre|cinq|sept|huit|dos|tres|cuatro|cinco|seis|siete|ocho)\b|[一二两三四五六七八九十百]",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,]\s)[A-ZÄÖÜÉ][\w'-]+|[\u4e00-\u9fff]")
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|on|bei|nach|aus|im|am|à|chez|dans|en|au)\s+(?:the\s)?[\w]|在|到|去", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence, how much of the question it covers, and how good it is altogether."""

    sentence: Sentence
    coverage: float
    score: float
    lacks: frozenset[str] = frozenset()
    """The words of the question that it does not hold."""


def ranked(
    question: str,
    ask: Ask,
    language: Language,
    sentences: Sequence[Sentence],
    people: frozenset[str],
    meaning: Meaning | None = None,
) -> list[Scored]:
    """Return sentences that share something with a question, the best first; equal texts once.

    `people` are the speakers whom the question names, in lower case; empty for the user.
    """
    wanted = question_terms(question, language, people)
    candidates = _distinct(sentences)
    words = [_stems(sentence.text) for sentence in candidates]
    found = [
        {term: _held(term, held, one.text) for term in wanted} for one, held in zip(candidates, words, strict=True)
    ]
    weights = {term: 1 / math.sqrt(max(1.0, sum(terms[term] for terms in found))) for term in wanted}
    total = sum(weights.values())
    scored = []
    for sentence, held, terms in zip(candidates, words, found, strict=True):
        covered = sum(weights[term] * share for term, share in terms.items()) / total if total else 0.0
        if covered and _concerns(sentence, people):
            lacks = frozenset(term for term, share in terms.items() if not share)
            score = covered + _bonus(sentence, held, wanted, ask, len(sentences))
            scored.append(Scored(sentence, covered, score, lacks))
    best = sorted(scored, key=lambda item: -item.score)
    return _by_meaning(question, best, meaning) if meaning else best


def question_terms(question: str, language: Language, people: frozenset[str] = frozenset()) -> list[str]:
    """Return the stems of a question that an answer should hold; none of speaking, asking or of the one it names."""
    asked = words_of(language).compiled_question_words.sub(" ", straight(question))
    terms = [term for term in query_terms(asked) if term not in people]
    telling = [term for term in terms if term not in STOP_WORDS[language] and not CJK_STOP & set(term)] or terms
    stems = list(dict.fromkeys(stem(term) for term in telling))
    return [term for term in stems if term not in _SPEECH] or stems


def _bonus(sentence: Sentence, held: Sequence[str], wanted: Sequence[str], ask: Ask, lines: int) -> float:
    pairs = set(pairwise(wanted))
    beside = len(pairs & set(pairwise(held))) / len(pairs) if pairs else 0.0
    rank = RANK_BONUS * (1 - min(1.0, sentence.rank / max(1, lines)))
    kind = KIND_BONUS * _holds_kind(sentence, ask)
    return PAIR_BONUS * beside + rank + kind - LENGTH_PENALTY * len(held) / 40


def _holds_kind(sentence: Sentence, ask: Ask) -> bool:
    match ask:
        case Ask.WHEN:
            return bool(sentence.said and mentions(sentence.text, sentence.said, sentence.language))
        case Ask.HOW_MANY | Ask.HOW_LONG:
            return bool(_NUMBER.search(sentence.text))
        case Ask.WHO:
            return bool(_NAME.search(sentence.text))
        case Ask.WHERE:
            return bool(_PLACE.search(sentence.text))
        case _:
            return False


def _concerns(sentence: Sentence, people: frozenset[str]) -> bool:
    """Return whether a sentence can speak of those whom a question names: one of them says it, or it names one."""
    if not people:
        return True
    if sentence.line.who.lower() in people:
        return True
    return any(re.search(rf"\b{re.escape(name)}\b", sentence.text.lower()) for name in people)


def _by_meaning(question: str, best: Sequence[Scored], meaning: Meaning) -> list[Scored]:
    """Return the best few ordered anew, with how alike they are to the question in meaning; the others after them."""
    head = best[:MEANING_COMPARED]
    alikes = meaning(question, [item.sentence.text for item in head]) if head else ()
    again = [replace(item, score=item.score + MEANING_BONUS * value) for item, value in zip(head, alikes, strict=True)]
    return [*sorted(again, key=lambda item: -item.score), *best[MEANING_COMPARED:]]


MEANING_COMPARED = 6
"""Sentences whose meaning is compared: embedding one takes some 6 ms."""


def _held(term: str, held: Sequence[str], text: str) -> float:
    """Return how much of a term a sentence holds: of two Chinese characters, one is half of it."""
    if term in held or (len(term) > 3 and any(alike(term, word) for word in held)):
        return 1.0
    return HALF if is_cjk(term) and any(han in text and han not in CJK_STOP for han in term) else 0.0


def _stems(text: str) -> list[str]:
    return [stem(term) for term in query_terms(text)]


def _distinct(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return sentences of different texts: of equal ones the first that has a day."""
    found: dict[str, Sentence] = {}
    for sentence in sorted(sentences, key=lambda one: one.said is None):
        found.setdefault(" ".join(sentence.text.casefold().split()).rstrip(".!。！"), sentence)
    return list(found.values())
