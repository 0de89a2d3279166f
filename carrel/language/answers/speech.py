"""Put what was found into words: quotes with their sources, values with their days. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carrel.language.answers.remembered import USER, Sentence
from carrel.language.dates.find import mentions
from carrel.language.dates.period import Period
from carrel.language.dates.speak import NEAR_DAYS, near_word, spoken, spoken_day
from carrel.language.languages import Language
from carrel.language.phrases.sources import MARK
from carrel.language.phrases.tables import phrases_of
from carrel.language.phrases.vocabulary import Phrases
from carrel.text import one_line

MAX_QUOTE = 300
"""Characters of a quotation."""


@dataclass(frozen=True, slots=True)
class Speech:
    """In which language, and when, it is said."""

    language: Language
    now: datetime

    @property
    def phrases(self) -> Phrases:
        """The language's phrases."""
        return phrases_of(self.language)

    def quoted(self, text: str) -> str:
        """Return a text in quotes, cut where it is long."""
        left, right = self.phrases.quotes
        return f"{left}{one_line(text, MAX_QUOTE)}{right}"

    def named(self, text: str) -> str:
        """Return a text in quotes as part of a sentence, without its own full stop."""
        return self.quoted(text.strip().rstrip(".。"))

    def source(self, sentence: Sentence) -> str:
        """Return the line that quotes a sentence with who said it and when."""
        who = self.phrases.you if sentence.line.who == USER else sentence.line.who
        quote = self.quoted(sentence.text)
        if sentence.said is None:
            return self.phrases.said_undated.format(who=who, quote=quote)
        return self.phrases.said.format(who=who, day=self.day(sentence.said), quote=quote)

    def quote(self, sentence: Sentence) -> str:
        """Return a sentence as an answer of its own, with who said it and when."""
        who = self.phrases.you if sentence.line.who == USER else sentence.line.who
        day = self.day(sentence.said) if sentence.said else ""
        source = self.phrases.attributed.format(who=who, day=day) if day else f"{MARK}{who}"
        return f"{self.quoted(sentence.text)} {source}"

    def with_sources(self, answer: str, sentences: Sequence[Sentence]) -> str:
        """Return an answer with the sentences that say so: one on its line, several below it."""
        sources = [self.source(sentence) for sentence in sentences]
        return f"{answer} {sources[0]}" if len(sources) == 1 else "\n".join([answer, *sources])

    def day(self, moment: datetime) -> str:
        """Return a day as it is said beside a quote: by its word where it has one."""
        return near_word(moment.date(), self.now, self.language) or spoken_day(moment.date(), self.now, self.language)

    def on(self, sentence: Sentence) -> str:
        """Return the day on which a sentence was said."""
        assert sentence.said
        return self.period(Period(sentence.said.date()))

    def period(self, period: Period) -> str:
        """Return when something is, with the year unless it is near; in Chinese with the date in figures too."""
        text = spoken(period, self.now, self.language, NEAR_DAYS)
        if self.language != "zh" or period.grain not in ("day", "minute"):
            return text
        at = f" {period.at:%H:%M}" if period.at else ""
        return f"{period.day.isoformat()}{at}（{text.removesuffix(at)}）"

    def value(self, text: str) -> str:
        """Return a value as a sentence of its own; one with figures, such as a password, just as it was said."""
        return text if any(character.isdigit() for character in text) else self.sentence(text)

    def sentence(self, text: str) -> str:
        """Return a text as a sentence: with a capital letter and a full stop."""
        return f"{capital(text.strip().rstrip('.。!！'))}{self.phrases.stop}"

    def listed(self, values: Sequence[str]) -> str:
        """Return values in a row, with "and" before the last."""
        if len(values) < 2:
            return "".join(values)
        return self.phrases.comma.join(values[:-1]) + self.phrases.conjunction + values[-1]

    def resolved(self, text: str, sentence: Sentence) -> str:
        """Return a value with the day that it names put in words of today: "next Friday" is long past a week later."""
        found = mentions(text, sentence.said, sentence.language) if sentence.said else []
        if len(found) != 1 or found[0].period.yearly or found[0].period.grain == "year":
            return text
        mention = found[0]
        covers = len(text[: mention.start].strip()) + len(text[mention.end :].strip(" .")) <= MAX_BESIDE
        return self.period(mention.period) if covers else text


MAX_BESIDE = 4
"""Characters beside a day in a value that is a day, such as "on"."""


def capital(text: str) -> str:
    """Return a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
