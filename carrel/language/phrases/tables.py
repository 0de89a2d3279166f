"""The phrases by language. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from carrel.language.languages import Language
from carrel.language.phrases.chinese import CHINESE
from carrel.language.phrases.english import ENGLISH
from carrel.language.phrases.french import FRENCH
from carrel.language.phrases.german import GERMAN
from carrel.language.phrases.spanish import SPANISH
from carrel.language.phrases.vocabulary import Phrases

_TABLES: Mapping[Language, Phrases] = MappingProxyType(
    {"en": ENGLISH, "zh": CHINESE, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
)


def phrases_of(language: Language) -> Phrases:
    """Return a language's phrases."""
    return _TABLES[language]
