"""The tables of speech acts by language. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from carrel.language.acts.chinese import CHINESE
from carrel.language.acts.english import ENGLISH
from carrel.language.acts.french import FRENCH
from carrel.language.acts.german import GERMAN
from carrel.language.acts.spanish import SPANISH
from carrel.language.acts.vocabulary import ActWords
from carrel.language.languages import Language

_TABLES: Mapping[Language, ActWords] = MappingProxyType(
    {"en": ENGLISH, "zh": CHINESE, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
)


def words_of(language: Language) -> ActWords:
    """Return a language's table."""
    return _TABLES[language]
