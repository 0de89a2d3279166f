"""The form of a language's table of speech acts: templates of whole sentences, and the words that questions begin with.

The first row that reads a sentence decides. A slot {topic} is what the act is about.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from carrel.language.templates import ANYTHING, inside, one_of, pattern


class Act(StrEnum):
    """What a sentence does."""

    STATEMENT = "statement"
    SECRET = "secret"
    """A statement that holds a password or the like."""
    CORRECTION = "correction"
    """Something said before is wrong, and perhaps what is right."""
    RETRACTION = "retraction"
    """Something said before is taken back."""
    FORGET = "forget"
    QUESTION = "question"
    LIST = "list"
    SUMMARISE = "summarise"
    INTENTION = "intention"
    """Something to be reminded of."""
    META = "meta"
    """A question about the assistant itself."""
    GREETING = "greeting"
    FAREWELL = "farewell"
    THANKS = "thanks"
    REPLY = "reply"
    """Yes, no, fine: nothing to keep, nothing to answer."""
    COMMAND = "command"
    """A request for something else, such as a poem."""


class Ask(StrEnum):
    """What a question asks for."""

    WHO = "who"
    WHAT = "what"
    WHEN = "when"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    HOW_MANY = "how many"
    HOW_LONG = "how long"
    YES_NO = "yes or no"
    ABOUT_ME = "about me"
    """What is known about the user."""
    RECENT = "recent"
    """What was said last."""
    COMING = "coming"
    """What is planned from now on."""


@dataclass(frozen=True, slots=True)
class ActRow:
    """Templates of sentences that do one thing."""

    act: Act
    ask: Ask | None
    templates: tuple[str, ...]


def act(what: Act, *templates: str) -> ActRow:
    """Return a row for an act that asks nothing."""
    return ActRow(what, None, templates)


def asks(what: Ask, *templates: str) -> ActRow:
    """Return a row for a question."""
    return ActRow(Act.QUESTION, what, templates)


@dataclass(frozen=True, kw_only=True)
class ActWords:
    """One language's speech acts."""

    spaced: bool = True
    when: str = ANYTHING
    """What {when} may hold, as an expression."""
    inverting: str = "(?!)"
    """Words before a statement whose verb comes first, as an expression ("übrigens bin ich …")."""
    asks_anywhere: bool = False
    """Whether a question word makes a question wherever it stands, unless a full stop ends the sentence."""
    lead: str
    """Words before what is said, such as "well" or "please", as alternatives of a template."""
    trail: str
    """Words behind what is said, such as "please" or "again", as alternatives of a template."""
    rows: tuple[ActRow, ...]
    """Whole sentences, without lead, trail and final mark."""
    remember: tuple[str, ...]
    """Requests to keep {topic}: that is then what is stated."""
    about: tuple[str, ...]
    """Requests to tell of {topic}."""
    whether: tuple[str, ...]
    """Questions in a wrapping whether {topic}."""
    indirect: tuple[str, ...]
    """Other questions in a wrapping: {topic} is what is asked, or that of which something is."""
    question_words: Mapping[str, Ask]
    """Words that make a question of a sentence with a question mark."""
    openings: tuple[str, ...]
    """How a question begins, where no mark tells; the question words are among them where nothing speaks against it."""
    no_question: tuple[str, ...] = ()
    """Sentences that begin like a question and ask nothing, such as "When I was ten, …"."""
    imperatives: str
    """Verbs with which a request begins, as alternatives of a template."""
    advice: str
    """How a question begins that asks for advice, which no memory gives, as alternatives of a template."""
    planning: frozenset[str]
    """Words of a question for what there is on a day, beside the day."""
    secrets: str
    """Words for what is secret, as alternatives of a template."""
    first_person: str
    """Words by which a sentence tells of the speaker, as alternatives of a template."""

    @cached_property
    def compiled(self) -> tuple[tuple[ActRow, re.Pattern[str]], ...]:
        """Every template of a whole sentence with its row."""
        return tuple((row, self.whole(template)) for row in self.rows for template in row.templates)

    @cached_property
    def compiled_lead(self) -> re.Pattern[str]:
        """What may stand before a sentence, with what follows it."""
        border = r"(?!\w)" if self.spaced else ""
        return re.compile(
            rf"(?:\W*(?:{pattern(self.lead, spaced=self.spaced)}){border})+[\s,，:：!！.。;；、—-]*", re.IGNORECASE
        )

    @cached_property
    def compiled_trail(self) -> re.Pattern[str]:
        """What may stand behind a sentence, with what precedes it."""
        border = r"[\s,]+" if self.spaced else r"[\s,，]*"
        return re.compile(rf"(?:{border}(?:{pattern(self.trail, spaced=self.spaced)}))+$", re.IGNORECASE)

    @cached_property
    def compiled_inverting(self) -> re.Pattern[str]:
        """Words before a statement whose verb comes first."""
        return re.compile(rf"(?:{self.inverting})\s+(?=\w)", re.IGNORECASE)

    @cached_property
    def compiled_remember(self) -> tuple[re.Pattern[str], ...]:
        """Requests to keep something."""
        return tuple(self.whole(template) for template in self.remember)

    @cached_property
    def compiled_wrappings(self) -> tuple[tuple[re.Pattern[str], Ask | None], ...]:
        """Questions in a wrapping, with what they ask for where the wrapping tells."""
        given = ((self.whether, Ask.YES_NO), (self.about, Ask.WHAT), (self.indirect, None))
        return tuple((self.whole(template), ask) for templates, ask in given for template in templates)

    @cached_property
    def compiled_openings(self) -> tuple[re.Pattern[str], ...]:
        """How a question begins, where no mark tells."""
        return tuple(re.compile(self._open(template), re.IGNORECASE) for template in self.openings)

    @cached_property
    def compiled_exceptions(self) -> tuple[re.Pattern[str], ...]:
        """How a sentence begins that only looks like a question."""
        return tuple(re.compile(self._open(template), re.IGNORECASE) for template in self.no_question)

    @cached_property
    def compiled_question_words(self) -> re.Pattern[str]:
        """Any word that asks."""
        border = r"(?<!\w)", r"(?!\w)"
        body = one_of(self.question_words)
        return re.compile(f"{border[0]}(?:{body}){border[1]}" if self.spaced else body, re.IGNORECASE)

    @cached_property
    def compiled_secrets(self) -> re.Pattern[str]:
        """Any word for what is secret."""
        return inside(f"({self.secrets})", {}, self.spaced)

    @cached_property
    def compiled_first_person(self) -> re.Pattern[str]:
        """Any word by which a sentence tells of the speaker."""
        return inside(f"({self.first_person})", {}, self.spaced)

    @cached_property
    def compiled_advice(self) -> re.Pattern[str]:
        """How a question for advice begins."""
        return re.compile(self._open(f"({self.advice})"), re.IGNORECASE)

    @cached_property
    def compiled_imperatives(self) -> re.Pattern[str]:
        """A request's first words."""
        return re.compile(self._open(f"({self.imperatives})"), re.IGNORECASE)

    def whole(self, template: str) -> re.Pattern[str]:
        """Return a template of a whole sentence."""
        return re.compile(pattern(template, {"when": self.when}, self.spaced), re.IGNORECASE | re.DOTALL)

    def _open(self, template: str) -> str:
        return pattern(template, spaced=self.spaced) + (r"(?!\w)" if self.spaced else "")
