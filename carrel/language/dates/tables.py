"""The tables of date expressions by language. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from carrel.language.dates.chinese import CHINESE
from carrel.language.dates.english import ENGLISH
from carrel.language.dates.french import FRENCH
from carrel.language.dates.german import GERMAN
from carrel.language.dates.spanish import SPANISH
from carrel.language.dates.vocabulary import DateWords
from carrel.language.languages import Language

_TABLES: Mapping[Language, DateWords] = MappingProxyType(
    {"en": ENGLISH, "zh": CHINESE, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
)


def words_of(language: Language) -> DateWords:
    """Return a language's table."""
    return _TABLES[language]
