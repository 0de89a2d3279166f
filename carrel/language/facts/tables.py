"""The tables of facts by language. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from carrel.language.facts.chinese import CHINESE
from carrel.language.facts.english import ENGLISH
from carrel.language.facts.french import FRENCH
from carrel.language.facts.german import GERMAN
from carrel.language.facts.spanish import SPANISH
from carrel.language.facts.vocabulary import FactWords
from carrel.language.languages import Language

_TABLES: Mapping[Language, FactWords] = MappingProxyType(
    {"en": ENGLISH, "zh": CHINESE, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
)


def words_of(language: Language) -> FactWords:
    """Return a language's table."""
    return _TABLES[language]
