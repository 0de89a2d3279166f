"""French date expressions."""

import re

from carrel.language.dates.vocabulary import DateWords, clock, row

_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_NUMBERS = "un deux trois quatre cinq six sept huit neuf dix onze douze".split()

_LAST = "(dernier|dernière|passé|passée)"
_NEXT = "(prochain|prochaine|suivant|suivante)"
_IN = "(en|au mois de|au mois d'|depuis|début|fin|mi-)"
_DAY = "[le|du|au] {day}[er]"

FRENCH = DateWords(
    fixed={
        "aujourd'hui": 0,
        "ce matin": 0,
        "cet après-midi": 0,
        "ce soir": 0,
        "cette nuit": 0,
        "tout à l'heure": 0,
        "hier": -1,
        "hier soir": -1,
        "hier matin": -1,
        "avant-hier": -2,
        "demain": 1,
        "demain matin": 1,
        "demain soir": 1,
        "après-demain": 2,
    },
    weekdays={word: n for n, word in enumerate(_WEEKDAYS)},
    months={**{word: n for n, word in enumerate(_MONTHS, 1)}, "fevrier": 2, "aout": 8, "decembre": 12},
    units={
        **dict.fromkeys(("minute", "minutes"), "minute"),
        **dict.fromkeys(("heure", "heures"), "hour"),
        **dict.fromkeys(("jour", "jours"), "day"),
        **dict.fromkeys(("week-end", "week-ends", "weekend", "weekends"), "weekend"),
        **dict.fromkeys(("semaine", "semaines"), "week"),
        **dict.fromkeys(("mois",), "month"),
        **dict.fromkeys(("an", "ans", "année", "années"), "year"),
    },
    numbers={
        **{word: n for n, word in enumerate(_NUMBERS, 1)},
        "une": 1,
        "quinze": 15,
        "vingt": 20,
        "trente": 30,
    },
    ordinals={"premier": 1},
    seasons={"printemps": 3, "été": 6, "automne": 9, "hiver": 12},
    holidays={
        "noël": (12, 25),
        "la veille de noël": (12, 24),
        "la saint-sylvestre": (12, 31),
        "le réveillon": (12, 31),
        "le jour de l'an": (1, 1),
        "le 14 juillet": (7, 14),
    },
    rows=(
        row(
            "week_and_weekday", "{weekday} [de] la semaine prochaine", "la semaine prochaine[,] [le] {weekday}", shift=1
        ),
        row("week_and_weekday", "{weekday} [de] la semaine (dernière|passée)", shift=-1),
        row("week_and_weekday", "{weekday} [de] cette semaine"),
        row("count", "il y a [environ] {count} {unit}", "depuis [environ] {count} {unit}", shift=-1),
        row("count", "dans [environ] {count} {unit}", "d'ici {count} {unit}", shift=1),
        row("fixed", "{fixed}"),
        row("unit", f"[le|la|l'] {{span}} {_LAST}", shift=-1),
        row("unit", f"[le|la|l'] {{span}} {_NEXT}", shift=1),
        row("unit", "(ce|cet|cette) {span}[-ci]"),
        row("weekday", f"[le] {{weekday}} {_LAST}", shift=-1),
        row("weekday", f"[le] {{weekday}} {_NEXT}", shift=1),
        row("relative_year", f"{_DAY} {{month}} (de l'année dernière|de l'an dernier|dernier)", shift=-1),
        row("relative_year", f"{_DAY} {{month}} (de l'année prochaine|de l'an prochain|prochain)", shift=1),
        row("day", f"{_DAY} {{month}} {{year}}", "{year}-{month_number}-{day_number}"),
        row("day", "[le] {day_number}(/|.|-){month_number}(/|.|-){year}"),
        row("day", f"{_DAY} {{month}}", "le {day_number}/{month_number}"),
        row("holiday", "{holiday} dernier", shift=-1),
        row("holiday", "{holiday} prochain", shift=1),
        row("holiday", "[à] {holiday} {year}", "[à] {holiday}"),
        row("relative_year", "[en] {month} (de l'année dernière|de l'an dernier)", shift=-1),
        row("relative_year", "[en] {month} (de l'année prochaine|de l'an prochain)", shift=1),
        row("month", "{month} {year}"),
        row("month", "[en] {month} (dernier|passé)", shift=-1),
        row("month", "[en] {month} prochain", shift=1),
        row("month", f"{_IN} {{month}}"),
        row("season", "{season} {year}"),
        row("season", f"[l'|le|au] {{season}} {_LAST}", shift=-1),
        row("season", f"[l'|le|au] {{season}} {_NEXT}", shift=1),
        row("season", "(cet|ce|en|au) {season}"),
        row("weekday", "[le|ce] {weekday}"),
        row("day", "le {day}[er]"),
        row("year", "(en|depuis|de|jusqu'en|vers) {year}", "{year}"),
    ),
    clock=(
        clock("[à] {hour} [h|heures|heure] et demie [{part}]", minutes=30),
        clock("[à] {hour} [h|heures|heure] et quart [{part}]", minutes=15),
        clock("[à] {hour} [h|heures|heure] moins le quart [{part}]", minutes=-15),
        clock("[à] {hour} (h|heures|heure) {minute} [{part}]", "[à] {hour}h{minute} [{part}]", "[à] {hour}:{minute}"),
        clock("[à] {hour}h [{part}]", "(à|vers) {hour} (heures|heure|h) [{part}]", "[à] {word}"),
    ),
    parts={"du matin": "morning", "de l'après-midi": "afternoon", "du soir": "evening"},
    hours={"midi": 12, "minuit": 0},
    between="à|vers|matin|soir|après-midi|au",
    times_of_day={"soir": "evening", "nuit": "night", "après-midi": "afternoon", "matin": "morning"},
    past=re.compile(
        r"\b(?:était|étais|étaient|avait|avais|il y a|depuis)\b"
        r"|\b(?:j'ai|ai|as|a|avons|avez|ont|suis|es|est|sommes|sont)\s+(?:\w+\s+)?\w+(?:é|ée|és|ées|[^d]i|ie|is|it|u|ue|us|ert)\b",
        re.IGNORECASE,
    ),
    ahead=re.compile(r"\b(?:est|sont|sera|vais|va|allons|dois|faut|ai|avons|commence)\b", re.IGNORECASE),
)
