"""What to note of a message: new facts, facts that replace others, corrections, plans. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from carrel.language.acts.classify import Utterance, is_first_person, read
from carrel.language.acts.vocabulary import Act
from carrel.language.answers.remembered import STATED, VERSION, coverage, knowledge
from carrel.language.answers.speech import MAX_BESIDE
from carrel.language.dates.find import clock_times, mentions
from carrel.language.dates.numbers import number
from carrel.language.dates.tables import words_of
from carrel.language.facts.amend import amend, go_on
from carrel.language.facts.current import Same, change, current, meant, same_key
from carrel.language.facts.fact import IS, Fact
from carrel.language.facts.read import bare_value, facts_in, wanted_by
from carrel.language.languages import Language, known_language
from carrel.language.sentences import plain
from carrel.models.offline.edits import Edits
from carrel.models.offline.situation import PERSONA, Situation, remembered_line
from carrel.rendering.fact_lines import FactLine, parse_fact_line, render_fact_line

_TELLING = re.compile(r"\d|(?<=[^.!?\s]\s)[A-ZÀ-Þ]\w+|[\u4e00-\u9fff]{4,}")
"""A figure or a name: what holds one may matter later."""
_WORDS_OF_OTHERS = 3
"""Words from which on a sentence of a language that is not read is kept; where words have no spaces, any is."""

Place = tuple[str, str]
"""A block's label and a line of it."""


@dataclass(slots=True)
class Noted:
    """What a message adds to memory, and what to say of it."""

    edits: Edits = field(default_factory=Edits)
    new: list[str] = field(default_factory=list)
    """Sentences that were noted."""
    old: list[str] = field(default_factory=list)
    """Sentences that no longer hold."""
    corrected: list[str] = field(default_factory=list)
    """Sentences as they were corrected."""
    plans: list[Utterance] = field(default_factory=list)
    repeated: bool = False
    """Whether something was said that is known already."""
    unclear: bool = False
    """Whether something was called wrong without what is right."""


def note(situation: Situation, same: Same) -> Noted:
    """Return what to note of the message at hand."""
    noting = _Noting(situation, same, Noted())
    last = ""
    for said in situation.said:
        if said.act is Act.CORRECTION:
            noting.correct(said)
        elif said.act in STATED and (is_worth_noting(said, situation) or _completed(said.text, situation) != said.text):
            text = said.text if said.act is Act.INTENTION else said.states
            text = _completed(text, situation)
            facts = facts_in(text, said.language, situation.now, last)
            last = facts[-1].key.subject if facts else last
            noting.noted.plans += [said] if said.act is Act.INTENTION else []
            noting.store(text, facts)
    return noting.noted


def is_worth_noting(said: Utterance, situation: Situation) -> bool:
    """Return whether a statement may matter later: it tells of the user, or holds a fact, a name, a figure, a day."""
    if said.act in (Act.SECRET, Act.INTENTION) or (said.act is Act.STATEMENT and said.topic):
        return True
    text = said.text
    if known_language(text) is None:
        return len(text.split()) >= _WORDS_OF_OTHERS or not text.isascii()
    if is_first_person(text, said.language) or facts_in(text, said.language):
        return True
    return bool(_TELLING.search(text) or mentions(text, situation.now, said.language))


def _completed(text: str, situation: Situation) -> str:
    """Return a statement, with what it goes on with where it is only the rest of a list ("and mustard")."""
    if not situation.earlier:
        return text
    before = last_stated(situation)
    return (go_on(before, text, situation.language, situation.now) if before else None) or text


def corrected_sentence(target: Fact, value: str) -> str:
    """Return the sentence that stated a fact with another value in its place."""
    place = target.source.rfind(target.value)
    if place < 0 or not value:
        return value or target.source
    return f"{target.source[:place]}{value}{target.source[place + len(target.value) :]}"


def spoken_of(situation: Situation, same: Same) -> Fact | None:
    """Return the fact that was spoken of last: stated by the user, or asked for."""
    for text in reversed(situation.earlier):
        for said in reversed(read(text, situation.language)):
            if said.act in STATED:
                facts = facts_in(said.states or said.topic or said.text, said.language, situation.now)
                if facts:
                    return facts[-1]
            elif said.act is Act.QUESTION and (found := _asked_for(said, situation, same)):
                return found
    return None


def last_stated(situation: Situation) -> str:
    """Return the last sentence that the user stated; "" where there is none."""
    for text in reversed(situation.earlier):
        stated = [
            said.states or said.topic or said.text for said in read(text, situation.language) if said.act in STATED
        ]
        if stated:
            return stated[-1]
    return ""


def _asked_for(said: Utterance, situation: Situation, same: Same) -> Fact | None:
    facts = knowledge(situation.remembered[:-1], situation.language).facts
    wanted = wanted_by(said.topic or said.text, said.language)
    if wanted is None:
        return None
    key = meant(wanted, facts).key
    held = current([fact for fact in facts if same_key(key, fact.key, same)], same)
    return held[-1].fact if held else None


@dataclass(frozen=True, slots=True)
class _Noting:
    """Notes the sentences of one message."""

    situation: Situation
    same: Same
    noted: Noted

    def store(self, text: str, facts: Sequence[Fact], wrong: Fact | None = None, corrected: bool = False) -> None:
        """Note a sentence in the place of a line whose facts it replaces, or that states what is `wrong`; else anew."""
        line = render_fact_line(FactLine(text, self.situation.now.date(), corrected))
        if moved := self._moved(facts):
            self.noted.corrected.append(moved[1].text)
            self.noted.edits.replaced[moved[0]] = render_fact_line(moved[1])
            return
        place, known = self._replaced(facts, wrong)
        if known:
            self.noted.repeated = True
            return
        (self.noted.corrected if corrected else self.noted.new).append(text)
        if place:
            self.noted.edits.replaced[place] = line
        else:
            self.noted.edits.add(line)
        self._update_passages(text, facts)

    def _moved(self, facts: Sequence[Fact]) -> tuple[Place, FactLine] | None:
        """Return the line of what gets another time ("the appointment is at 10:30"), and the line with that time."""
        if len(facts) != 1:
            return None
        language, (fact,) = self.situation.language, facts
        for place in self._lines() if _is_time(fact.value, language) else ():
            held = parse_fact_line(place[1])
            old = clock_times(held.text, language)
            if len(old) == 1 and coverage(fact.key.attribute, held.text, language) == 1.0:
                (start, end), (first, last) = old[0], clock_times(fact.value, language)[0]
                text = f"{held.text[:start]}{fact.value[first:last]}{held.text[end:]}"
                return None if text == held.text else (place, FactLine(text, held.day, corrected=True))
        return None

    def correct(self, said: Utterance) -> None:
        """Note a correction: of what it names itself, else of what was spoken of last."""
        target = spoken_of(self.situation, self.same)
        facts = facts_in(said.topic, said.language, self.situation.now, target.key.subject if target else "")
        stated = [fact for fact in facts if not (target and fact.key.attribute == IS)]
        if said.topic and (found := self._amended(said, target, stated)):
            self._store_amended(*found, target)
        elif stated:
            wrong = target if target and any(same_key(fact.key, target.key, self.same) for fact in stated) else None
            self.store(said.topic, stated, wrong, corrected=True)
        elif target and said.topic:
            text = corrected_sentence(target, bare_value(said.topic, said.language))
            self.store(text, facts_in(text, said.language, self.situation.now), target, corrected=True)
        elif said.topic:
            self._correct_words(said)
        else:
            self.noted.unclear = True

    def _amended(self, said: Utterance, target: Fact | None, stated: Sequence[Fact]) -> tuple[str, str] | None:
        """Return the sentence that was said last, and the same with what is right; None where neither is clear."""
        if stated and not (len(stated) == 1 and is_number(stated[0].value, said.language)):
            return None
        right = stated[0].value if stated else said.topic
        last = last_stated(self.situation)
        sources = [target.source] if target else []
        for old in dict.fromkeys([*sources, *([last] if last else [])]):
            if new := amend(old, right, said.language, self.situation.now):
                return old, new
        return None

    def _store_amended(self, old: str, new: str, target: Fact | None) -> None:
        """Note an amended sentence in the place of the line that holds it."""
        language = self.situation.language
        facts = facts_in(new, language, self.situation.now)
        if facts and target and any(same_key(fact.key, target.key, self.same) for fact in facts):
            self.store(new, facts, target, corrected=True)
            return
        self.noted.corrected.append(new)
        line = render_fact_line(FactLine(new, self.situation.now.date(), corrected=True))
        for label, held in self._lines():
            if plain(remembered_line(held, self.situation.now).text) == plain(old):
                self.noted.edits.replaced[label, held] = line
                return
        self.noted.edits.add(line)

    def _correct_words(self, said: Utterance) -> None:
        """Note a correction of what has no key: in the place of the line that says nearly the same."""
        line = render_fact_line(FactLine(said.topic, self.situation.now.date(), corrected=True))
        self.noted.corrected.append(said.topic)
        for label, held in self._lines():
            text = remembered_line(held, self.situation.now).text
            shared = (coverage(said.topic, text, said.language), coverage(text, said.topic, said.language))
            if min(shared) >= VERSION:
                self.noted.old.append(text)
                self.noted.edits.replaced[label, held] = line
                return
        self.noted.edits.add(line)

    def _replaced(self, facts: Sequence[Fact], wrong: Fact | None) -> tuple[Place | None, bool]:
        """Return the line whose place the facts of a sentence take, and whether a line says the same already.

        Other outdated lines are removed; a line that states something else too keeps that.
        """
        place = None
        for label, line in self._lines():
            old = knowledge([remembered_line(line, self.situation.now)], self.situation.language).facts
            effects = [{change(new, one, self.same) for new in facts} - {None} for one in old]
            if old and len(old) == len(facts) and all(effect == {"repeats"} for effect in effects) and not wrong:
                return None, True
            outdated = ["replaces" in effect or _is(one, wrong) for one, effect in zip(old, effects, strict=True)]
            if any(outdated):
                kept = self._kept(line, [one for one, gone in zip(old, outdated, strict=True) if not gone])
                clauses = [one.clause for one, gone in zip(old, outdated, strict=True) if gone and one.clause]
                self.noted.old += clauses if kept else [remembered_line(line, self.situation.now).text]
                self.noted.edits.replaced[label, line] = kept
                place = place or (None if kept else (label, line))
        return place, False

    def _kept(self, line: str, facts: Sequence[Fact]) -> str:
        """Return what a line still states: the clauses of the facts that hold, with its day; nothing if none does."""
        if not facts:
            return ""
        held = remembered_line(line, self.situation.now)
        clauses = "; ".join(dict.fromkeys(fact.clause for fact in facts if fact.clause))
        return render_fact_line(FactLine(clauses, held.said.date() if held.said else None, held.corrected))

    def _update_passages(self, text: str, facts: Sequence[Fact]) -> None:
        """Note the passages of archival memory that the facts of a sentence replace."""
        for line in self.situation.found:
            if line.id.startswith("p-") and not line.superseded and len(read(line.text)) == 1:
                old = facts_in(line.text, None, self.situation.local(line.at))
                if old and all(any(change(new, one, self.same) == "replaces" for new in facts) for one in old):
                    self.noted.edits.updated[line.id] = text
                    self.noted.old.append(line.text)

    def _lines(self) -> Iterator[Place]:
        for label, value in self.situation.core.items():
            if label != PERSONA:
                yield from ((label, line) for line in value.splitlines() if line.strip())


def _is(one: Fact, wrong: Fact | None) -> bool:
    return wrong is not None and one.key == wrong.key and one.value == wrong.value


def is_number(value: str, language: Language) -> bool:
    """Return whether a value is a number and nothing else."""
    return number(value.lower(), dict(words_of(language).numbers)) is not None


def _is_time(value: str, language: Language) -> bool:
    """Return whether a value is a time of day and nothing else."""
    found = clock_times(value, language)
    return len(found) == 1 and len(value[: found[0][0]].strip()) + len(value[found[0][1] :].strip(" .")) <= MAX_BESIDE
