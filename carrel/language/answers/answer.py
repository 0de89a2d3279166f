"""Answer a question from what is remembered: a value, a day, yes or no, a number, a list, or the sentence itself. Pure."""

from dataclasses import dataclass

from carrel.language.acts.classify import Utterance
from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.counted import answer_count, count_in_best
from carrel.language.answers.dated import answer_when
from carrel.language.answers.keyed import answer_value
from carrel.language.answers.lists import about_user, listing, of_kind, on_day
from carrel.language.answers.polar import answer_by_sentence, answer_check
from carrel.language.answers.relevance import ANSWERS, NEAR, Meaning, Scored, question_terms, ranked
from carrel.language.answers.remembered import ASSISTANT, USER, Knowledge
from carrel.language.answers.speech import Speech
from carrel.language.dates.find import mentions
from carrel.language.facts.current import Same, same_words
from carrel.language.facts.fact import Wanted
from carrel.language.facts.read import wanted_by

MAX_QUOTES = 3
MIN_OF_BEST = 0.9
"""A second and third sentence are quoted if they are nearly as good as the first."""


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
        text = question.topic or question.text
        ask = question.ask or Ask.WHAT
        wanted = wanted_by(text, question.language)
        found = self._by_key(wanted, ask) if wanted else None
        return found or self._of_day(text, question) or self._by_sentence(text, ask)

    def list_of(self, topic: str) -> str:
        """Return a list of all that belongs to a topic."""
        wanted = wanted_by(topic, self.speech.language)
        best = self._ranked(topic, Ask.WHAT)
        found = answer_value(wanted, self.known, self.speech, self.same) if wanted else None
        return found or listing(of_kind(best, ANSWERS), self.speech)

    def _by_key(self, wanted: Wanted, ask: Ask) -> str | None:
        if ask is Ask.HOW_MANY and wanted.value:
            return answer_count(wanted, self.known, self.speech, self.same)
        if ask is Ask.YES_NO and wanted.value:
            return answer_check(wanted, self.known, self.speech, self.same)
        return answer_value(wanted, self.known, self.speech, self.same)

    def _of_day(self, text: str, question: Utterance) -> str | None:
        """Return what is planned for the day that a question names ("What do I have to do today?")."""
        days = mentions(text, self.speech.now, question.language)
        if question.ask is not Ask.WHAT or len(days) != 1 or days[0].period.grain not in ("day", "weekend", "week"):
            return None
        found = on_day(days[0].period, self.known)
        return listing(found, self.speech) if found else None

    def _by_sentence(self, text: str, ask: Ask) -> str:
        best = self._ranked(text, ask)
        match ask:
            case Ask.WHEN:
                found = answer_when(best, self.speech)
            case Ask.HOW_MANY:
                found = count_in_best(self._thing(text), best, self.speech)
            case Ask.YES_NO:
                found = answer_by_sentence(text, best, self.speech)
            case _:
                found = self._quotes(best)
        return found or self._unknown(best)

    def _quotes(self, best: list[Scored]) -> str | None:
        good = [item for item in best if item.coverage >= ANSWERS]
        chosen = [item.sentence for item in good if item.score >= MIN_OF_BEST * good[0].score][:MAX_QUOTES]
        return "\n".join(self.speech.quote(one) for one in chosen) or None

    def _unknown(self, best: list[Scored]) -> str:
        near = [item.sentence for item in best if item.coverage >= NEAR][:1]
        if not near:
            return self.speech.phrases.unknown
        return f"{self.speech.phrases.unknown} {self.speech.phrases.nearest} {self.speech.quote(near[0])}"

    def _ranked(self, text: str, ask: Ask) -> list[Scored]:
        return ranked(text, ask, self.speech.language, self.known.sentences, self._people(text), self.meaning)

    def _thing(self, text: str) -> str:
        """Return what a question counts: the first word that tells."""
        return next(iter(question_terms(text, self.speech.language, self._people(text))), "")

    def _people(self, text: str) -> frozenset[str]:
        """Return the speakers whom a question names."""
        speakers = {one.line.who.lower() for one in self.known.sentences} - {USER, ASSISTANT, "archival"}
        lowered = text.lower()
        return frozenset(name for name in speakers if name in lowered)
