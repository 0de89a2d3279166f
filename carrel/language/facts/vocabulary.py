"""The form of a language's table of facts: how an attribute is stated, and how it is asked for. Pure.

Templates are whole sentences without their final mark. {subject} is of whom, {value} what is stated, {old} what held
before. Where {attribute} stands, the user's own words name the attribute ("my favourite colour is …").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from carrel.language.languages import Language
from carrel.language.templates import one_of, pattern

Says = Literal["holds", "denies", "ends"]
"""What a statement says of its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One attribute: how it is stated, denied, asked for, and asked about with yes or no."""

    attribute: str
    """Its key; "" where the templates hold {attribute}."""
    many: bool = False
    """Whether several values hold side by side."""
    split: bool = False
    """Whether "a, b and c" are three values."""
    person: bool = True
    """Whether only people and animals have it: "my shoe size is 42" is nobody's age."""
    brief: bool = False
    """Whether the value ends where the sentence goes on ("in Toronto and works as a pilot")."""
    general: bool = False
    """Whether the templates read nearly anything, so that a "not" in a sentence is looked for first."""
    says: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    """Beside the statements with a "not" in them."""
    ends: tuple[str, ...] = ()
    """Says that what held is over, without what holds instead."""
    asks: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    asks_not: tuple[str, ...] = ()
    """Asks for what does not hold."""


@dataclass(frozen=True, kw_only=True)
class FactWords:
    """One language's facts."""

    language: Language
    spaced: bool = True
    frames: tuple[Frame, ...]
    subject: str
    """What {subject} may be, as an expression; `<relation>` in it stands for any relation."""
    me: frozenset[str]
    """Words for the speaker as a subject, and before what is theirs."""
    pronouns: frozenset[str]
    """Words for whoever was spoken of last."""
    somebody: str
    """Those that stand for a person or an animal, wherever they stand, as an expression."""
    somebodys: str = "(?!)"
    """Those that stand for what is theirs, before a noun, as an expression."""
    owned: str
    """Reads a subject such as "my sister Ann": `noun`, and `name` where there is one; `<relation>` as above."""
    relations: Mapping[str, str]
    """People and animals that are somebody's, by the key of all languages."""
    number: str
    """What {number} may be, as an expression."""
    negations: re.Pattern[str]
    """The words that deny; without them a denial is a statement."""
    also: re.Pattern[str]
    """The words that say that others hold beside it."""
    fillers: re.Pattern[str]
    """The words at the end of a value that belong to no value, such as "now"."""
    goes_on: re.Pattern[str]
    """Where a sentence goes on behind a brief value."""
    clause: re.Pattern[str]
    """What stands between two statements of one sentence."""
    conjunction: re.Pattern[str]
    """What stands between the values of a list."""
    before_value: re.Pattern[str]
    """What stands before a value that is said alone ("it is on")."""
    before_dates: re.Pattern[str]
    """A preposition before a day, at the end of what stands before it."""
    inverted: re.Pattern[str] = re.compile("(?!)")
    """A statement whose verb stands before the word for the speaker: `verb`, `who` and `rest`."""
    reported: re.Pattern[str] = re.compile("(?!)")
    """Words before what somebody says of the speaker ("my doctor says")."""
    elided: re.Pattern[str] = re.compile("(?!)")
    """How a statement begins that leaves out the word for the speaker ("got a new bike")."""
    speaker: str = ""
    """That word, with the space behind it."""

    @cached_property
    def slots(self) -> dict[str, str]:
        """What each slot may hold."""
        return {
            "subject": self._with_relations(self.subject),
            "number": self.number,
            "person": r"(?:(?:Dr|Mr|Mrs|Ms|Prof|Sr|Sra|Mme|M)\.?\s)?(?-i:[A-ZÄÖÜÉ])[\w'-]*(?:\s(?-i:[A-ZÄÖÜÉ])[\w'-]*)?"
            if self.spaced
            else r"[^的是，,\s]{1,8}",
            "attribute": r"[^,;:，；]{2,40}?" if self.spaced else r"[^，,；\s]{1,12}?",
            "thing": r"[^,;:，；]{2,40}?" if self.spaced else r"[^，,；\s]{1,12}?",
            "favourite": r"[^,;:，；\s][^,;:，；]{1,30}?" if self.spaced else r"[^，,；\s]{1,8}?",
            "verb": r"[^\W\d]+",
            "year": r"(?:19|20)\d\d",
            "relation": one_of(self.relations),
        }

    @cached_property
    def compiled_somebody(self) -> re.Pattern[str]:
        """Reads a pronoun for a person or an animal; the groups `one` and `owner` tell which sort."""
        body = f"(?P<one>{self.somebody})|(?P<owner>{self.somebodys})"
        return re.compile(rf"(?<![\w'-])(?:{body})(?![\w'-])" if self.spaced else body)

    @cached_property
    def compiled_owned(self) -> re.Pattern[str]:
        """Reads a subject that is somebody's."""
        return re.compile(self._with_relations(self.owned), re.IGNORECASE)

    @cached_property
    def compiled_other(self) -> re.Pattern[str]:
        """Reads the beginning of a sentence that tells of somebody who is the speaker's, up to their name."""
        noun = one_of({word: key for word, key in self.relations.items() if len(word) > 1})
        before = r"(?:\w+\s+){1,2}?" if self.spaced else "我(?:家|们)?的?"
        return re.compile(rf"{before}(?:{noun})(?!\w)" if self.spaced else f"{before}(?:{noun})", re.IGNORECASE)

    @cached_property
    def statements(self) -> tuple[tuple[Frame, re.Pattern[str], Says], ...]:
        """Every template of a statement, with what it says of its value."""
        given: tuple[tuple[Frame, Says, tuple[str, ...]], ...] = tuple(
            row
            for frame in self.frames
            for row in ((frame, "ends", frame.ends), (frame, "holds", frame.says), (frame, "denies", frame.denies))
        )
        return tuple((frame, self._whole(template), says) for frame, says, templates in given for template in templates)

    @cached_property
    def questions(self) -> tuple[tuple[Frame, re.Pattern[str], bool], ...]:
        """Every template of a question, with whether it asks for what does not hold."""
        return tuple(
            (frame, self._whole(template), asks_not)
            for frame in self.frames
            for templates, asks_not in ((frame.asks, False), (frame.checks, False), (frame.asks_not, True))
            for template in templates
        )

    def _with_relations(self, expression: str) -> str:
        return expression.replace("<relation>", one_of(self.relations))

    def _whole(self, template: str) -> re.Pattern[str]:
        return re.compile(pattern(template, self.slots, self.spaced), re.IGNORECASE)
