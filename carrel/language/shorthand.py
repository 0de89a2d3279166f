"""Write out how people type in a hurry: "im", "tmrw", "hab ich", "rdv". Pure.

Only the reading of a sentence uses this; what is stored and quoted stays as it was typed.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from carrel.language.languages import Language

_APOSTROPHES = (
    "I'm I've don't doesn't didn't can't won't isn't aren't wasn't weren't haven't hasn't couldn't shouldn't wouldn't"
    " what's where's who's when's how's that's there's she's he's they're you're they've we've let's"
)
"""English words that are typed without their apostrophe."""
_ENGLISH = (
    "u: you, ur: your, r: are, pls: please, plz: please, thx: thanks, abt: about, gonna: going to, wanna: want to,"
    " gotta: have to, gf: girlfriend, bf: boyfriend, nvm: never mind, bday: birthday, rn: right now, cuz: because,"
    " ppl: people, appt: appointment, bro: brother, n: and"
)
_CLIPPED = "hab wohn heiß heiss arbeit mach brauch spiel trink komm kauf geh fahr schreib studier leb lern ess find"
"""German verbs that are typed without their last letter beside "ich"."""
_GERMAN = (
    "ne: eine, nen: einen, nem: einem, ner: einer, nich: nicht, grad: gerade, dran: daran, isses: ist es, gehts:"
    " geht es, is: ist, vllt: vielleicht"
)
_FRENCH = (
    "jai: j'ai, jhabite: j'habite, jaime: j'aime, chui: je suis, chuis: je suis, jsuis: je suis, j'suis: je suis,"
    " rdv: rendez-vous, dsl: désolé, qd: quand, bcp: beaucoup, ajd: aujourd'hui, auj: aujourd'hui, cest: c'est,"
    " svp: s'il vous plaît, stp: s'il te plaît, tjs: toujours, pr: pour, ds: dans, bosse: travaille"
)
_SPANISH = (
    "q: que, xq: porque, tb: también, tmb: también, porfa: por favor, xfa: por favor, finde: fin de semana, toy: estoy,"
    " pa: para, cumple: cumpleaños, curro: trabajo"
)


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.strip().split(": ") for pair in text.split(","))


_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {word.replace("'", "").lower(): word for word in _APOSTROPHES.split()} | _pairs(_ENGLISH),
        "de": {f"{verb} ich": f"{verb}e ich" for verb in _CLIPPED.split()}
        | {f"ich {verb}": f"ich {verb}e" for verb in _CLIPPED.split()}
        | _pairs(_GERMAN),
        "fr": _pairs(_FRENCH),
        "es": _pairs(_SPANISH),
        "zh": _pairs("木有: 没有, 肿么: 怎么, 神马: 什么"),
    }
)
_FACES = r"(?::-?[)(DPp/]|;-?\)|<3|\^\^|\bx[dD]\b|[\u2190-\u21ff\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff])"
_AT_ENDS = re.compile(rf"^(?:{_FACES}\s*)+|(?:\s*{_FACES})+$")


def spelled_out(text: str, language: Language) -> str:
    """Return a sentence with its short forms written out, and without emoji at its ends."""
    bare = _AT_ENDS.sub("", text).strip() or text
    words = _WORDS[language]
    return _pattern(language).sub(lambda match: words.get(match.group().lower(), match.group()), bare)


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    """Return a pattern for any of a language's short forms."""
    found = "|".join(re.escape(word) for word in sorted(_WORDS[language], key=len, reverse=True))
    return re.compile(found if language == "zh" else rf"(?<![\w'])(?:{found})(?![\w'])", re.IGNORECASE)
