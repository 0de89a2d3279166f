"""Answer a question from what is remembered: a value, a day, yes or no, a number, a list, or the sentence itself. Pure."""

from dataclasses import dataclass, replace

from carrel.language.acts.classify import Utterance, asks_advice, bare_question
from carrel.language.acts.tables import words_of
from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.counted import answer_count, count_in_best
from carrel.language.answers.dated import answer_when
from carrel.language.answers.extract import extract
from carrel.language.answers.having import sentences_of_kind
from carrel.language.answers.keyed import answer_value, held_by, is_bare_time
from carrel.language.answers.lists import about_user, coming, listing, of_kind, on_day
from carrel.language.answers.people import is_of_another
from carrel.language.answers.polar import answer_by_sentence, answer_check
from carrel.language.answers.relevance import NEAR, Asked, Meaning, Scored, ranked, ranked_with_versions
from carrel.language.answers.remembered import ASSISTANT, USER, Knowledge
from carrel.language.answers.speech import Speech
from carrel.language.dates.find import mentions
from carrel.language.facts.current import Same, same_words
from carrel.language.facts.fact import Wanted
from carrel.language.facts.read import wanted_by

MAX_QUOTES = 3
COMPARED_LANGUAGE = "en"
"""MiniLM was trained on English: in another language all sentences are alike to it."""

SAID_IN_FEW_WAYS = frozenset("home birthday age employer job drives phone earns partner".split())
"""Attributes that are nearly always stated in a way that is read as a fact."""

AS_RELEVANT = 0.95
AS_GOOD = 0.7
"""A second and third sentence are quoted if they are nearly as relevant as the first, and not much worse otherwise."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers in one language, at one moment, from one memory."""

    known: Knowledge
    speech: Speech
    same: Same = same_words
    meaning: Meaning | None = None

    def answer(self, question: Utterance) -> str:
        """Return the answer to a question; that it is not known, with what is nearest, where nothing says."""
        if question.ask is Ask.ABOUT_ME:
            return about_user(self.known, self.speech, self.same)
        if question.ask is Ask.COMING:
            return listing(coming(self.known, self.speech), self.speech)
        text = question.topic or question.text
        ask = question.ask or Ask.WHAT
        wanted = wanted_by(text, question.language) or wanted_by(
            bare_question(text, question.language), question.language
        )
        found = self._by_key(wanted, ask) if wanted else None
        keyed = wanted is not None and wanted.key.attribute in SAID_IN_FEW_WAYS
        return found or self._of_day(text, question) or self._by_sentence(text, ask, keyed)

    def list_of(self, request: Utterance) -> str:
        """Return a list of all that belongs to the topic of a request."""
        theirs = sentences_of_kind(request.topic, self.known, self.speech.language)
        if theirs:
            return listing(theirs, self.speech)
        wanted = wanted_by(request.topic, self.speech.language)
        best = ranked_with_versions(
            self._asked(request.topic, Ask.WHAT, request.text), self.known.sentences, self._usable_meaning
        )
        found = answer_value(wanted, self.known, self.speech, self.same) if wanted else None
        return found or listing(of_kind(best), self.speech)

    def _by_key(self, wanted: Wanted, ask: Ask) -> str | None:
        if ask is Ask.HOW_MANY and wanted.value:
            return answer_count(wanted, self.known, self.speech, self.same)
        if ask is Ask.YES_NO and wanted.value:
            return answer_check(wanted, self.known, self.speech, self.same)
        if ask is Ask.WHEN and any(
            is_bare_time(item.fact, self.speech) for item in held_by(wanted, self.known, self.same)
        ):
            return None
        return answer_value(wanted, self.known, self.speech, self.same)

    def _of_day(self, text: str, question: Utterance) -> str | None:
        """Return what is planned for the day that a question names ("What do I have to do today?")."""
        days = mentions(text, self.speech.now, question.language)
        if question.ask is not Ask.WHAT or len(days) != 1 or days[0].period.grain not in ("day", "weekend", "week"):
            return None
        beside = f"{text[: days[0].start]} {text[days[0].end :]}"
        asks_for_more = set(self._asked(beside, Ask.WHAT).words) - words_of(question.language).planning
        found = [] if asks_for_more else on_day(days[0].period, self.known)
        return listing(found, self.speech) if found else None

    def _by_sentence(self, text: str, ask: Ask, keyed: bool) -> str:
        days = mentions(text, self.speech.now, self.speech.language) if ask is Ask.WHEN else []
        asked = self._asked(f"{text[: days[0].start]} {text[days[0].end :]}" if days else text, ask)
        best = ranked(replace(asked, keyed=keyed), self.known.sentences, self._usable_meaning)
        match ask:
            case Ask.WHEN:
                found = answer_when(best, self.speech, days[0].period if days else None)
            case Ask.HOW_MANY:
                found = count_in_best(self._thing(text), best, self.speech)
            case Ask.YES_NO if not asks_advice(text, self.speech.language):
                own = [item for item in best if not is_of_another(text, item.sentence, self.speech.language)]
                found = answer_by_sentence(text, own, self.speech) or self._unknown([])
            case _:
                found = self._told(self._asked(text, ask), best)
        return found or self._unknown(best)

    def _told(self, asked: Asked, best: list[Scored]) -> str | None:
        """Return what the best sentences say: the words that answer, of one that holds the whole question, else all."""
        good = [item for item in best if item.answers]
        chosen = [item for item in good if _is_as_good(item, good[0])][:MAX_QUOTES]
        whole = [item.sentence for item in chosen if not item.lacks]
        words = [extract(asked, one.text, one.said) for one in whole]
        if chosen and whole and chosen[0].sentence is whole[0] and words[0]:
            told = words if all(words) and len(whole) == len(chosen) else words[:1]
            listed = self.speech.value(self.speech.listed(list(dict.fromkeys(told))))
            return self.speech.with_sources(listed, whole[: len(told)])
        return "\n".join(self.speech.quote(item.sentence) for item in chosen) or None

    def _unknown(self, best: list[Scored]) -> str:
        near = [item.sentence for item in best if item.relevance >= NEAR][:1]
        if not near:
            return self.speech.phrases.unknown
        return f"{self.speech.phrases.unknown} {self.speech.phrases.nearest} {self.speech.quote(near[0])}"

    @property
    def _usable_meaning(self) -> Meaning | None:
        return self.meaning if self.speech.language == COMPARED_LANGUAGE else None

    def _asked(self, text: str, ask: Ask, whole: str = "") -> Asked:
        return Asked(text, ask, self.speech.language, self._people(text), whole)

    def _thing(self, text: str) -> str:
        """Return what a question counts: the first word that tells."""
        return next(iter(self._asked(text, Ask.HOW_MANY).terms), "")

    def _people(self, text: str) -> frozenset[str]:
        """Return the speakers whom a question names."""
        speakers = {one.line.who.lower() for one in self.known.sentences} - {USER, ASSISTANT, "archival"}
        lowered = text.lower()
        return frozenset(name for name in speakers if name in lowered)


def _is_as_good(item: Scored, best: Scored) -> bool:
    return item.relevance >= AS_RELEVANT * best.relevance and item.score >= AS_GOOD * best.score
