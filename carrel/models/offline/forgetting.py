"""What a request to forget removes: lines of core memory, clauses of lines, and passages. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from carrel.language.acts.classify import Utterance, read
from carrel.language.acts.vocabulary import Act
from carrel.language.answers.remembered import ASSISTANT, STATED, Remembered, Sentence, is_meant, knowledge
from carrel.language.facts.read import clauses_of
from carrel.models.offline.edits import Call, Edits
from carrel.models.offline.situation import PERSONA, Situation, remembered_line
from carrel.rendering.fact_lines import FactLine, render_fact_line
from carrel.rendering.notices import render_consent_refused

_NUMBER = re.compile(
    r"(?:number|no\.?|item|line|point|nummer|nr\.?|punkt|numéro|le|número|el|#|第)?\s*(\d{1,3})\s*[条个项号]?",
    re.IGNORECASE,
)
"""A line of a list, named by its number."""

MAX_PASSAGE_SENTENCES = 2
"""A passage of more sentences is a document, of which nothing is removed for one sentence."""


TOOL = "memory_forget"
"""The tool that puts what it is given into the bin, with all that says the same, after the user has agreed."""

Consent = Literal["given", "refused", "missing"]
"""Whether the user agreed; missing where nobody can be asked or the tool is not offered."""


@dataclass(slots=True)
class Forgotten:
    """What a message asks to forget, and what of it is removed."""

    edits: Edits = field(default_factory=Edits)
    """What removes it from core and archival memory where the tool for it is missing, or nobody can be asked."""
    ids: list[str] = field(default_factory=list)
    """The lines, passages and messages that are meant as a whole, as the tool for it knows them."""
    topics: list[str] = field(default_factory=list)
    """What was to be forgotten, as it was said."""
    removed: list[str] = field(default_factory=list)
    """The sentences that are removed."""
    said: bool = False
    """Whether it also stands in what was said, from which no tool removes it."""


def forget(situation: Situation) -> Forgotten:
    """Return what the message at hand asks to forget."""
    forgotten = Forgotten()
    for said in situation.said:
        if said.act is Act.FORGET:
            _forget(_line_meant(said.topic, situation.listed), said, situation, forgotten)
        elif said.act is Act.RETRACTION:
            for text in _just_said(situation):
                _forget(text, said, situation, forgotten)
    return forgotten


def consent(situation: Situation) -> Consent | None:
    """Return whether the user agreed to what the message asks to forget; None where it has not been tried yet."""
    if TOOL not in situation.offered:
        return "missing"
    tried = [result for result in situation.results if result.name == TOOL]
    if not tried:
        return None
    if tried[-1].ok:
        return "given"
    return "refused" if tried[-1].text.startswith(render_consent_refused(TOOL)) else "missing"


def still_to_do(situation: Situation, forgotten: Forgotten) -> list[Call]:
    """Return the calls that change what the tool has not: parts of lines, and all where nobody could be asked."""
    if not forgotten.ids:
        return forgotten.edits.calls(situation.core)
    match consent(situation):
        case "given":
            partly = {place: text for place, text in forgotten.edits.replaced.items() if text}
            return Edits(replaced=partly).calls(core_after(situation, forgotten))
        case "missing":
            return forgotten.edits.calls(situation.core)
        case _:
            return []


def core_after(situation: Situation, forgotten: Forgotten) -> dict[str, str]:
    """Return the blocks without the lines that the tool removes."""
    return {
        label: "\n".join(
            line for number, line in enumerate(value.splitlines(), 1) if f"{label}:{number}" not in forgotten.ids
        )
        for label, value in situation.core.items()
    }


def _line_meant(topic: str, listed: Mapping[int, str]) -> str:
    """Return the line of the list just shown that a topic names by its number ("number 3"); else the topic."""
    match = _NUMBER.fullmatch(topic)
    return listed.get(int(match[1]), topic) if match else topic


def _forget(topic: str, said: Utterance, situation: Situation, forgotten: Forgotten) -> None:
    forgotten.topics.append(topic)
    for label, value in situation.core.items():
        for number, line in enumerate(value.splitlines() if label != PERSONA else (), 1):
            memory = remembered_line(line, situation.now)
            kept, meant = _divided(topic, memory, said)
            if meant:
                forgotten.edits.replaced[label, line] = _rendered(kept, memory)
                forgotten.ids += [] if kept else [f"{label}:{number}"]
                forgotten.removed += meant
    for memory in situation.remembered[:-1]:
        if memory.tier != "core" and memory.who != ASSISTANT and _is_all_meant(topic, memory, said):
            forgotten.said = forgotten.said or memory.tier == "recall"
            if memory.id not in forgotten.ids and not _divided(topic, memory, said)[0]:
                forgotten.ids.append(memory.id)
            if memory.tier == "archival":
                forgotten.edits.deleted.append(memory.id)
                forgotten.removed.append(memory.text)


def _divided(topic: str, memory: Remembered, said: Utterance) -> tuple[list[str], list[str]]:
    """Return the statements of a line that are not meant, and those that are; a line of one statement is not cut."""
    parts = [clause for one in _sentences(memory, said) for clause in clauses_of(one.text, one.language)]
    if len(parts) < 2:
        parts = [memory.text]
    kept = [part for part in parts if not _states_meant(topic, _of(memory, part), said)]
    return kept, [part for part in parts if part not in kept]


def _states_meant(topic: str, memory: Remembered, said: Utterance) -> bool:
    return any(is_meant(topic, one, said.language) for one in _sentences(memory, said))


def _rendered(kept: Sequence[str], memory: Remembered) -> str:
    day = memory.said.date() if memory.said else None
    return render_fact_line(FactLine("; ".join(kept), day, memory.corrected)) if kept else ""


def _is_all_meant(topic: str, memory: Remembered, said: Utterance) -> bool:
    """Return whether a message or passage is short, and all that it states is meant."""
    found = _sentences(memory, said)
    return 0 < len(found) <= MAX_PASSAGE_SENTENCES and all(is_meant(topic, one, said.language) for one in found)


def _sentences(memory: Remembered, said: Utterance) -> list[Sentence]:
    return knowledge([memory], said.language).sentences


def _of(memory: Remembered, text: str) -> Remembered:
    return Remembered(text, memory.said, memory.who, memory.tier, memory.id)


def _just_said(situation: Situation) -> list[str]:
    """Return what the user stated in the message before."""
    for text in reversed(situation.earlier):
        stated = [said.states or said.text for said in read(text, situation.language) if said.act in STATED]
        if stated:
            return stated
    return []
