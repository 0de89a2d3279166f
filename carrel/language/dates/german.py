"""German date expressions."""

import re

from carrel.language.dates.vocabulary import DateWords, clock, row

_MONTHS = "januar februar märz april mai juni juli august september oktober november dezember".split()
_WEEKDAYS = "montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
_NUMBERS = "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()
_ORDINALS = (
    "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt sechzehnt "
    "siebzehnt achtzehnt neunzehnt zwanzigst"
).split()
_OF_DAY = ("morgen", "früh", "vormittag", "mittag", "nachmittag", "abend", "nacht")
_DAYS = {"heute": 0, "gestern": -1, "morgen": 1, "vorgestern": -2, "übermorgen": 2}

_LAST = "(letzten|letzte|letztes|letzter|vorigen|vorige|voriges|vergangenen|vergangene|vergangenes)"
_NEXT = "(nächsten|nächste|nächstes|nächster|kommenden|kommende|kommendes)"
_THIS = "(diesen|diese|dieses|dieser|diesem)"
_IN = "(im|in|seit|seit dem|bis|ab|anfang|mitte|ende)"

GERMAN = DateWords(
    fixed={
        **_DAYS,
        "vorvorgestern": -3,
        "gerade eben": 0,
        **{f"{word} {part}": n for word, n in _DAYS.items() for part in _OF_DAY if word != part},
    },
    weekdays={
        **{word: n for n, word in enumerate(_WEEKDAYS)},
        "sonnabend": 5,
        **{f"{word}{part}": n for n, word in enumerate(_WEEKDAYS) for part in ("nachmittag", "abend", "morgen")},
    },
    months={
        **{word: n for n, word in enumerate(_MONTHS, 1)},
        "jänner": 1,
        "feber": 2,
    },
    units={
        **dict.fromkeys(("minute", "minuten"), "minute"),
        **dict.fromkeys(("stunde", "stunden"), "hour"),
        **dict.fromkeys(("tag", "tage", "tagen"), "day"),
        **dict.fromkeys(("wochenende", "wochenenden"), "weekend"),
        **dict.fromkeys(("woche", "wochen"), "week"),
        **dict.fromkeys(("monat", "monate", "monaten", "monats"), "month"),
        **dict.fromkeys(("jahr", "jahre", "jahren", "jahres"), "year"),
    },
    numbers={
        **{word: n for n, word in enumerate(_NUMBERS, 1)},
        **dict.fromkeys(("ein", "eine", "einem", "einer", "einen"), 1),
        **dict.fromkeys(("ein halbes", "einem halben"), 0.5),
        **dict.fromkeys(("ein paar",), 3),
        "fünfzehn": 15,
        "zwanzig": 20,
        "dreißig": 30,
    },
    ordinals={f"{word}e{ending}": n for n, word in enumerate(_ORDINALS, 1) for ending in ("r", "n", "")},
    seasons={"frühling": 3, "frühjahr": 3, "sommer": 6, "herbst": 9, "winter": 12},
    holidays={
        "heiligabend": (12, 24),
        "weihnachten": (12, 25),
        "silvester": (12, 31),
        "neujahr": (1, 1),
    },
    rows=(
        row("week_and_weekday", "übernächste woche [am] {weekday}", "{weekday} [in] [der] übernächsten woche", shift=2),
        row(
            "week_and_weekday", "nächste woche [am] {weekday}", "[am] {weekday} [in] [der] nächste[n|r] woche", shift=1
        ),
        row("week_and_weekday", "letzte woche [am] {weekday}", "[am] {weekday} [in] [der] letzte[n|r] woche", shift=-1),
        row("week_and_weekday", "diese woche [am] {weekday}", "[am] {weekday} [in] diese[r] woche"),
        row("count", "vor {count} {unit}", "seit {count} {unit}", shift=-1),
        row("count", "in {count} {unit}", shift=1),
        row("count", "heute vor {count} {unit}", shift=-1),
        row("count", "heute in {count} {unit}", shift=1),
        row("fixed", "{fixed}"),
        row("unit", "(vorletzten|vorletzte|vorletztes|vorletzter) {span}", shift=-2),
        row("unit", "(übernächsten|übernächste|übernächstes|übernächster) {span}", shift=2),
        row("unit", f"[am|im|in der] {_LAST} {{span}}", shift=-1),
        row("unit", f"[am|im|in der] {_NEXT} {{span}}", shift=1),
        row("unit", f"[am|im|in] {_THIS} {{span}}"),
        row("weekday", f"[am] {_LAST} {{weekday}}", shift=-1),
        row("weekday", f"[am] {_NEXT} {{weekday}}", shift=1),
        row("relative_year", "{day}[.] {month} letzte(n|s) jahr[es]", shift=-1),
        row("relative_year", "{day}[.] {month} nächste(n|s) jahr[es]", shift=1),
        row("relative_year", "{day}[.] {month} diese(n|s) jahr[es]"),
        row("day", "[am|den|dem|der|vom] {day}[.] {month} {year}", "{year}-{month_number}-{day_number}"),
        row("day", "[am|den|dem|vom] {day_number}.{month_number}.{year}", "{day_number}. {month_number}. {year}"),
        row("day", "[am|den|dem|der|vom] {day}[.] {month}", "(am|den|dem|vom) {day_number}.{month_number}[.]"),
        row("holiday", f"{_LAST} {{holiday}}", shift=-1),
        row("holiday", f"{_NEXT} {{holiday}}", shift=1),
        row("holiday", "[an|zu] {holiday} {year}", "[an|zu] {holiday}"),
        row("relative_year", "[im] {month} letzte(n|s) jahr[es]", "letztes jahr im {month}", shift=-1),
        row("relative_year", "[im] {month} nächste(n|s) jahr[es]", "nächstes jahr im {month}", shift=1),
        row("month", "{month} {year}"),
        row("month", f"[im] {_LAST} {{month}}", shift=-1),
        row("month", f"[im] {_NEXT} {{month}}", shift=1),
        row("month", f"{_IN} {{month}}", f"{_THIS} {{month}}"),
        row("season", "{season} {year}"),
        row("season", f"[im] {_LAST} {{season}}", shift=-1),
        row("season", f"[im] {_NEXT} {{season}}", shift=1),
        row("season", f"{_THIS} {{season}}", "im {season}"),
        row("weekday", "[am] {weekday}", f"{_THIS} {{weekday}}"),
        row("day", "(am|vom|zum|den) {day}."),
        row("year", "(im jahr|im jahre|seit|anno|von|bis|ab) {year}", "{year}"),
    ),
    clock=(
        clock("[um] halb {hour} [{part}]", minutes=-30),
        clock("[um] viertel nach {hour} [{part}]", minutes=15),
        clock("[um] viertel vor {hour} [{part}]", minutes=-15),
        clock("[um] {hour}(:|.){minute} uhr [{part}]", "[um] {hour} uhr {minute}", "[um] {hour} uhr [{part}]"),
        clock("[um] {hour}:{minute}", "um {hour} [{part}]", "[um] {word}"),
    ),
    parts={
        "morgens": "morning",
        "früh": "morning",
        "vormittags": "morning",
        "nachmittags": "afternoon",
        "abends": "evening",
        "nachts": "night",
    },
    hours={"mitternacht": 0},
    between="um|am|gegen|morgen|früh|vormittag|nachmittag|abend",
    times_of_day={"abend": "evening", "nachmittag": "afternoon", "nacht": "evening", "früh": "morning"},
    past=re.compile(
        r"\b(?:war|waren|hatte|hatten|wurde|ging|kam|traf|sah)\b"
        r"|\b(?:ist|sind)\b.*\b(?:\w*ge\w+(?:t|en)|\w+iert|(?:be|ver|er|ent|zer)\w+(?:t|en))\s*[.!]*$"
        r"|\b(?:habe|hat|haben|bin|wurde)\b.*\b(?-i:[a-zäöüß]{5,}(?:en|t))\s*[.!]*$",
        re.IGNORECASE,
    ),
    ahead=re.compile(r"\b(?:ist|sind|wird|werde|werden|habe|haben|hat|muss|will|soll|beginnt)\b", re.IGNORECASE),
)
