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

STOP_WORDS: Mapping[Language, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            """
            the a an i my me is are am was were be been do does did what who where when how which why you your he
            she it we they his her its our their this that not no of and to in on for with have has had can could
            will would there any if but so from at by as or about than then s t m ve re ll d don didn doesn isn aren
            please
            """.split()
        ),
        "de": frozenset(
            """
            der die das den dem des ein eine einen einem einer ich mein meine meinen meinem meiner mich mir du dein
            deine dich dir er sie es wir ihr uns unser unsere ist sind bin bist war waren was wer wo wann wie welche
            welcher welches welchen warum wieso nicht kein keine keinen und oder aber zu im am in an auf für mit von
            bei nach seit vor dass auch noch schon ja nein habe hat hatte haben hab kann können bitte als um zum zur
            aus so denn alle wird werde wurde viele
            """.split()
        ),
        "fr": frozenset(
            """
            le la les l un une des d du de je j mon ma mes me m moi tu ton ta tes te toi il elle on nous vous ils
            notre nos leur son sa ses est es sont suis était ce c cet cette que qu qui quoi où quand comment quel
            quelle quels quelles pourquoi ne n pas et ou mais à a ai as avons au aux dans en sur pour avec par chez
            se s y si oui non combien plus t
            """.split()
        ),
        "es": frozenset(
            """
            el la los las un una unos unas yo mi mis me mí tú tu tus te él ella nos su sus es son soy está estoy era
            fue qué que quién dónde cuándo cómo cuál cuáles cuántos cuántas por porque y o u pero no a al de del en
            con para se lo le les ha he hay si sí muy más esta este esto donde cuando como tengo tiene
            """.split()
        ),
        "zh": frozenset(),
    }
)
"""Words that say nothing about a subject."""

_TYPICAL: Mapping[Language, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            "tell forget remember remind hello hi hey thanks thank live work like name birthday list".split()
        ),
        "de": frozenset(
            """
            hallo danke guten heißt heiße wohne wohnt arbeite mag gern gerne vergiss erinnere gegen letzte letzten
            nächste nächsten morgen gestern heute woche jahr geburtstag weißt über lösch übrigens doch muss kaufen
            wohn heiß unsre gekündigt bruder schwester erinner denn nee
            """.split()
        ),
        "fr": frozenset(
            """
            bonjour merci salut habite appelle aime oublie rappelle résume depuis aussi semaine dernière dernier
            demain hier aujourd hui prochain prochaine année liste ça stp svp rdv dois faut veux peux suis bosse acheter
            frère sœur fils fille travail boulot déménagé
            """.split()
        ),
        "es": frozenset(
            """
            hola gracias vivo vive llamo llama trabajo gusta olvida recuérdame resume también desde semana pasada
            pasado mañana ayer hoy año próximo próxima favorito favorita nací nuestra nuestro mudé lista cumpleaños
            debo quiero puedo voy tenemos hay eso esa ese borra olvida recuerda porfa oye bueno llamar mudamos dejé
            tenía somos tienen casa hermano hermana hijo hija amigo amiga trabaja cita comprar
            """.split()
        ),
        "zh": frozenset(),
    }
)
"""Words that mean something, and betray their language."""
_OTHERS = (
    frozenset(
        "il lo gli di che è sono mio mia miei si ho hai con per una della nel non dove abito chiama come mi".split()
    ),
    frozenset("o os um uma meu minha é são não com para eu moro chama se em do da onde tenho meus você está".split()),
    frozenset("de het een mijn ik ben is niet woon in heet van met waar hoe ook heb je wat zijn en".split()),
    frozenset("jag är min mitt och att det en bor heter inte med var på som har i hur vad till".split()),
)
"""Italian, Portuguese, Dutch and Swedish: so that they are not taken for a language that is read."""
_LETTERS: Mapping[Language, re.Pattern[str]] = MappingProxyType(
    {"de": re.compile("[äöüß]"), "fr": re.compile("[èêàâçœùîôë]"), "es": re.compile("[ñ¿¡áíóú]")}
)
LETTERS_COUNT = 0.8
"""What a letter that only one language has counts, in words."""

CLEAR = 0.5
"""By how much another language must be likelier than that of the conversation, in words."""


def language_of(text: str, default: Language = "en") -> Language:
    """Return the language of a text; `default`, that of the conversation, where nothing tells clearly."""
    if _KANA_OR_HANGUL.search(text):
        return default
    if _is_chinese(text):
        return "zh"
    scores = _scores(text)
    best = max(scores, key=lambda language: scores[language])
    clear = scores[best] > scores.get(default, 0) + CLEAR and not _is_of_others(text, scores[best])
    return best if clear else default


def known_language(text: str) -> Language | None:
    """Return the language of a text among those that are read; None where it is another, or nothing tells."""
    if _KANA_OR_HANGUL.search(text):
        return None
    if _is_chinese(text):
        return "zh"
    scores = _scores(text)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 0 and not _is_of_others(text, scores[best]) else None


def _is_of_others(text: str, best: float) -> bool:
    """Return whether a text holds more words of a language that is not read."""
    words = _WORD.findall(unicodedata.normalize("NFC", text.lower()))
    return any(sum(word in common for word in words) > best for common in _OTHERS)


def _is_chinese(text: str) -> bool:
    return bool(_HAN.search(text)) and len(_HAN.findall(text)) * 3 >= len(_WORD.findall(text))


def _scores(text: str) -> dict[Language, float]:
    lowered = unicodedata.normalize("NFC", text.lower().replace("’", "'"))
    words = _WORD.findall(lowered)
    return {
        language: sum(word in STOP_WORDS[language] or word in _TYPICAL[language] for word in words)
        + (LETTERS_COUNT if language in _LETTERS and _LETTERS[language].search(lowered) else 0)
        for language in LANGUAGES
        if language != "zh"
    }
