"""How well a sentence answers a question: by words, by meaning, by who is spoken of, by what is asked for. Pure."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.irregular import base_form
from carrel.language.answers.people import concerns
from carrel.language.answers.remembered import USER, Sentence, is_version
from carrel.language.answers.terms import terms_of, words_in
from carrel.language.dates.find import mentions
from carrel.language.facts.current import alike
from carrel.language.languages import Language
from carrel.words import CJK_STOP, is_cjk, query_terms, stem

PAIR_BONUS = 0.3
"""Added for a sentence with all pairs of neighbouring words of the question: it is about the same thing."""
RANK_BONUS = 0.3
"""Added for a sentence of the first line that was found, half of it for the second, a third for the third."""
KIND_BONUS = 0.25
"""Added for a sentence that holds what is asked for: a day for "when", a number for "how many", a name for "who"."""
LENGTH_PENALTY = 0.1
"""Subtracted for each forty words: a short sentence is more likely to be the answer and nothing else."""

ANSWERS = 0.5
"""How relevant a sentence is at least that answers a question about the user."""
ANSWERS_OF_PEOPLE = 0.58
"""The same for a question about somebody who speaks in a talk of several: all of it is about their common matters."""
DATES = 0.45
"""How relevant one is at least whose day answers "when": a day that is asked for is rarely another's."""
NEAR = 0.3
"""How relevant one is at least that is near."""

COMPARED = 4
"""Sentences whose meaning is compared: the best by words, and of the lines that were found first."""
SURE = 0.85
"""How relevant the best sentence is by its words that meaning need not be looked at."""
UNLIKE, LIKE = 0.25, 0.75
"""Cosines of MiniLM at which a sentence is not relevant at all, and as relevant as one with all words."""
MIN_LIKE = 0.3
"""The least cosine of a sentence that is relevant because it stands out among others."""
STANDS_OUT = 0.3
"""By how much it must be above the less alike half of what is compared to be as relevant as one with all words."""
UNRELATED = 0.15
"""The cosine of two sentences about different things, for a memory that holds too few to compare."""

Meaning = Callable[[str, Sequence[str]], Sequence[float]]
"""How alike in meaning a text is to others, from -1 to 1; nothing where that cannot be told."""

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
class Asked:
    """A question: its words, what it asks for, and whom it names."""

    text: str
    ask: Ask
    language: Language
    people: frozenset[str] = frozenset()
    """The speakers whom it names, in lower case; empty where it is about the user."""
    whole: str = ""
    """The sentence in which it stands, for its meaning; `text` where that is all."""
    keyed: bool = False
    """Whether it asks for what people say in a few ways, such as where they live: what says it otherwise is about
    something else, so that it does not do to be the most alike."""

    @property
    def words(self) -> list[str]:
        """The words that say what it is about."""
        return words_in(self.text, self.language, self.people)

    @property
    def terms(self) -> list[str]:
        """The stems that an answer should hold."""
        return terms_of(self.text, self.language, self.people)

    @property
    def as_told(self) -> str:
        """The question as the one it is about would say it: so its meaning is nearer to what they told."""
        text = self.whole or self.text
        for name in self.people:
            text = re.sub(rf"(?i)\b{re.escape(name)}(?:'s|’s)\b", "my", text)
            text = re.sub(rf"(?i)\b{re.escape(name)}\b", "I", text)
        return text


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence, how relevant it is to a question from 0 to 1, and how good it is altogether."""

    sentence: Sentence
    relevance: float
    score: float
    lacks: frozenset[str] = frozenset()
    """The words of the question that it does not hold."""
    alike: float = 0.0
    """How relevant it is by its meaning alone."""
    answers: bool = False
    """Whether it is relevant enough to answer."""


def ranked(asked: Asked, sentences: Sequence[Sentence], meaning: Meaning | None = None) -> list[Scored]:
    """Return the sentences that can answer a question, the best first; of those that say nearly the same the newest."""
    return _newest_first(ranked_with_versions(asked, sentences, meaning))


def ranked_with_versions(asked: Asked, sentences: Sequence[Sentence], meaning: Meaning | None = None) -> list[Scored]:
    """Return the sentences that can answer a question, the best first; equal texts once."""
    candidates = [one for one in _distinct(sentences) if concerns(one, asked.people)]
    scored = _by_words(asked, candidates)
    if meaning and candidates and not (scored and scored[0].relevance >= SURE):
        scored = _by_meaning(asked, scored, meaning)
    enough = ANSWERS_OF_PEOPLE if asked.people else ANSWERS
    return [replace(item, answers=item.relevance >= enough) for item in scored if item.relevance > 0]


def _newest_first(scored: Sequence[Scored]) -> list[Scored]:
    """Return the newest of what the user said about one thing before its older versions."""
    if not scored:
        return []
    best, *others = scored
    newer = [item for item in others if _is_newer(item, best)]
    if not newer:
        return list(scored)
    newest = max(newer, key=lambda item: (item.sentence.line.corrected, item.sentence.said or datetime.min))
    return [newest, *(item for item in scored if item is not newest and item is not best)]


def _is_newer(item: Scored, best: Scored) -> bool:
    """Return whether the user said nearly the same later, with something else in it."""
    one, other = item.sentence, best.sentence
    if not (one.line.who == other.line.who == USER and one.said and other.said):
        return False
    if not (one.said > other.said or (one.line.corrected and one.said.date() == other.said.date())):
        return False
    return is_version(one, other)


def _by_words(asked: Asked, candidates: Sequence[Sentence]) -> list[Scored]:
    wanted = asked.terms
    words = [[stem(base_form(term)) for term in query_terms(f"{one.text} {one.context}")] for one in candidates]
    found = [
        {term: _held(term, held, one.text + one.context) for term in wanted}
        for one, held in zip(candidates, words, strict=True)
    ]
    weights = {term: 1 / math.sqrt(max(1.0, sum(terms[term] for terms in found))) for term in wanted}
    total = sum(weights.values())
    scored = []
    for sentence, held, terms in zip(candidates, words, found, strict=True):
        covered = sum(weights[term] * share for term, share in terms.items()) / total if total else 0.0
        lacks = frozenset(term for term, share in terms.items() if not share)
        scored.append(Scored(sentence, covered, covered + _bonus(sentence, held, wanted, asked.ask), lacks))
    return sorted(scored, key=lambda item: -item.score)


def _bonus(sentence: Sentence, held: Sequence[str], wanted: Sequence[str], ask: Ask) -> float:
    pairs = set(pairwise(wanted))
    beside = len(pairs & set(pairwise(held))) / len(pairs) if pairs else 0.0
    kind = KIND_BONUS * _holds_kind(sentence, ask)
    return PAIR_BONUS * beside + RANK_BONUS / (1 + sentence.rank) + kind - LENGTH_PENALTY * len(held) / 40


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


def _by_meaning(asked: Asked, scored: Sequence[Scored], meaning: Meaning) -> list[Scored]:
    """Return sentences ordered anew by how alike they are to the question in meaning, as far as that is looked at."""
    first = sorted(scored, key=lambda item: item.sentence.rank)
    compared = list(dict.fromkeys([*scored[: COMPARED // 2], *first]))[:COMPARED]
    alikes = meaning(asked.as_told, [item.sentence.text for item in compared])
    if len(alikes) < len(compared):
        return list(scored)
    others = sorted([*alikes, *[UNRELATED] * (COMPARED - len(alikes))])[: COMPARED // 2]
    usual = 1.0 if asked.people or asked.keyed else sum(others) / len(others)
    relevant = {id(item.sentence): _relevance(value, usual) for item, value in zip(compared, alikes, strict=True)}
    again = [_with_meaning(item, relevant.get(id(item.sentence), 0.0)) for item in scored]
    return sorted(again, key=lambda item: -item.score)


def _relevance(alike: float, usual: float) -> float:
    """Return how relevant a sentence is by its cosine, and by how it stands out among others.

    In a talk of several people, all of it about their common matters, none does.
    """
    absolute = (alike - UNLIKE) / (LIKE - UNLIKE)
    relative = (alike - usual) / STANDS_OUT if alike >= MIN_LIKE else 0.0
    return min(1.0, max(0.0, absolute, relative))


def _with_meaning(item: Scored, relevant: float) -> Scored:
    return replace(item, relevance=max(item.relevance, relevant), score=item.score + relevant, alike=relevant)


def _held(term: str, held: Sequence[str], text: str) -> float:
    """Return how much of a term a sentence holds: of two Chinese characters, one is half of it."""
    if term in held or (len(term) > 3 and any(alike(term, word) for word in held)):
        return 1.0
    return HALF if is_cjk(term) and any(han in text and han not in CJK_STOP for han in term) else 0.0


def _distinct(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return sentences of different texts: of equal ones the first that has a day."""
    found: dict[str, Sentence] = {}
    for sentence in sorted(sentences, key=lambda one: one.said is None):
        found.setdefault(" ".join(sentence.text.casefold().split()).rstrip(".!。！"), sentence)
    return list(found.values())
