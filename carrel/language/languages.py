"""Which of five languages a text is written in. Pure.

By script, then by the commonest words: a sentence of three words already holds some of them. A short text without any
is taken for what was spoken before.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Language = Literal["en", "zh", "de", "fr", "es"]
"""The languages whose sentences are read; of others only the structure is."""

LANGUAGES: tuple[Language, ...] = get_args(Language)

_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")

_COMMON: Mapping[Language, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            """
            the a an i my is are am was were do does did what who where when how which why you your he she it we they
            this that not no of and to in on for with have has had can could will would please tell about forget
            remember me remind hello hi hey thanks thank there be been his her its our their any if but so from
            """.split()
        ),
        "de": frozenset(
            """
            der die das ein eine einen einem einer ich mein meine meinen meinem meiner ist sind bin war waren was wer
            wo wann wie welche welcher welches warum du dein deine er sie es wir ihr nicht kein keine und zu im am auf
            für mit habe hat hatte haben kann bitte vergiss mich mir dir von bei gegen nach seit dass auch hallo danke
            heißt heiße wohne wohnt oder aber wird werde den dem des erinnere guten wieviel viele noch schon ja nein
            """.split()
        ),
        "fr": frozenset(
            """
            le la les un une des je j mon ma mes est sont suis était que qui où quand comment quel quelle quels quelles
            pourquoi tu ton ta tes il elle nous vous ne pas et à au aux dans sur pour avec ai a avait peux oublie moi
            me d l du de c ce cette s'il plaît bonjour merci salut chez depuis aussi mais ou oui non combien appelle
            habite suis-je qu n en sais rappelle leur son sa ses notre nos votre résume
            """.split()
        ),
        "es": frozenset(
            """
            el la los las un una yo mi mis es son soy estoy era fue qué quién dónde cuándo cómo cuál cuáles cuántos
            cuántas cuanto por tú tu tus él ella nosotros no y a al en para con tengo tiene tenía puedo olvida me de
            del lo se que hola gracias vivo vive llamo llama también pero o sí desde esta este eso hay favor te su sus
            donde cuando como nací soy recuérdame favorito favorita
            """.split()
        ),
    }
)
_LETTERS: Mapping[Language, re.Pattern[str]] = MappingProxyType(
    {"de": re.compile("[äöüß]"), "fr": re.compile("[èêàâçœùîôë]"), "es": re.compile("[ñ¿¡áíóú]")}
)


def language_of(text: str, default: Language = "en") -> Language:
    """Return the language of a text, `default` where nothing tells."""
    return known_language(text) or default


def known_language(text: str) -> Language | None:
    """Return the language of a text among those that are read; None where it is another, or nothing tells."""
    if _KANA_OR_HANGUL.search(text):
        return None
    if len(_HAN.findall(text)) * 3 >= len(_WORD.findall(text)) and _HAN.search(text):
        return "zh"
    lowered = unicodedata.normalize("NFC", text.lower().replace("’", "'"))
    words = _WORD.findall(lowered)
    scores = {
        language: sum(word in common for word in words)
        + (0.8 if language in _LETTERS and _LETTERS[language].search(lowered) else 0)
        for language, common in _COMMON.items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 0 else None
