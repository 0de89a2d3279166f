"""Spanish date expressions."""

import re

from carrel.language.dates.vocabulary import DateWords, clock, row

_MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
_WEEKDAYS = "lunes martes miércoles jueves viernes sábado domingo".split()
_NUMBERS = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce".split()

_LAST = "(pasado|pasada)"
_NEXT = "(próximo|próxima)"
_COMING = "(que viene|que entra|próximo|próxima|siguiente)"
_DAY = "[el|del|al] [día] {day}[º]"

SPANISH = DateWords(
    fixed={
        "hoy": 0,
        "esta mañana": 0,
        "esta tarde": 0,
        "esta noche": 0,
        "ahora mismo": 0,
        "ayer": -1,
        "ayer por la tarde": -1,
        "anoche": -1,
        "anteayer": -2,
        "antes de ayer": -2,
        "antier": -2,
        "mañana": 1,
        "mañana por la mañana": 1,
        "mañana por la tarde": 1,
        "pasado mañana": 2,
    },
    weekdays={**{word: n for n, word in enumerate(_WEEKDAYS)}, "miercoles": 2, "sabado": 5},
    months={**{word: n for n, word in enumerate(_MONTHS, 1)}, "setiembre": 9},
    units={
        **dict.fromkeys(("minuto", "minutos"), "minute"),
        **dict.fromkeys(("hora", "horas"), "hour"),
        **dict.fromkeys(("día", "días", "dia", "dias"), "day"),
        **dict.fromkeys(("fin de semana", "fines de semana", "finde"), "weekend"),
        **dict.fromkeys(("semana", "semanas"), "week"),
        **dict.fromkeys(("mes", "meses"), "month"),
        **dict.fromkeys(("año", "años"), "year"),
    },
    numbers={
        **{word: n for n, word in enumerate(_NUMBERS, 1)},
        **dict.fromkeys(("un", "una"), 1),
        **dict.fromkeys(("medio", "media"), 0.5),
        **dict.fromkeys(("un par de",), 2),
        "quince": 15,
        "veinte": 20,
        "treinta": 30,
    },
    ordinals={"primero": 1, "uno": 1},
    seasons={"primavera": 3, "verano": 6, "otoño": 9, "invierno": 12},
    holidays={
        "nochebuena": (12, 24),
        "navidad": (12, 25),
        "nochevieja": (12, 31),
        "año nuevo": (1, 1),
        "reyes": (1, 6),
    },
    rows=(
        row("week_and_weekday", "[el] {weekday} de la semana (que viene|próxima|siguiente)", shift=1),
        row("week_and_weekday", "[el] {weekday} de la próxima semana", "la semana que viene[,] el {weekday}", shift=1),
        row("week_and_weekday", "[el] {weekday} de la semana pasada", shift=-1),
        row("week_and_weekday", "[el] {weekday} de esta semana"),
        row("count", "(hace|desde hace) [unos|unas] {count} {unit}", "{count} {unit} atrás", shift=-1),
        row("count", "(en|dentro de) [unos|unas] {count} {unit}", shift=1),
        row("fixed", "{fixed}"),
        row("unit", "[el|la] {span} antepasad(o|a)", shift=-2),
        row("unit", f"[el|la] {{span}} {_LAST}", "(el pasado|la pasada) {span}", shift=-1),
        row("unit", f"[el|la] {{span}} {_COMING}", f"[el|la] {_NEXT} {{span}}", shift=1),
        row("unit", "(este|esta) {span}"),
        row("weekday", f"[el] {{weekday}} {_LAST}", "el pasado {weekday}", shift=-1),
        row("weekday", f"[el] {{weekday}} {_COMING}", f"[el] {_NEXT} {{weekday}}", shift=1),
        row("relative_year", f"{_DAY} de {{month}} del año pasado", shift=-1),
        row("relative_year", f"{_DAY} de {{month}} del (próximo año|año que viene)", shift=1),
        row("day", f"{_DAY} de {{month}} (de|del) {{year}}", "{year}-{month_number}-{day_number}"),
        row("day", "[el] {day_number}(/|.|-){month_number}(/|.|-){year}"),
        row("day", f"{_DAY} de {{month}}", "el {day_number}/{month_number}"),
        row("holiday", "[la] {holiday} pasad(a|o)", shift=-1),
        row("holiday", "[la] {holiday} (próxima|que viene)", shift=1),
        row("holiday", "[en|por|el día de] {holiday} [de] {year}", "[en|por|el día de] {holiday}"),
        row("relative_year", "[en] {month} del año pasado", shift=-1),
        row("relative_year", "[en] {month} del (próximo año|año que viene)", shift=1),
        row("month", "{month} (de|del) {year}"),
        row("month", "[en] {month} pasado", "[en] el pasado {month}", shift=-1),
        row("month", "[en] {month} próximo", "[en] el próximo {month}", shift=1),
        row("month", "(en|desde|hasta|este|a principios de|a finales de) {month}"),
        row("season", "{season} (de|del) {year}"),
        row("season", f"[el|la] {{season}} {_LAST}", "(el pasado|la pasada) {season}", shift=-1),
        row("season", f"[el|la] {{season}} {_COMING}", f"(el|la) {_NEXT} {{season}}", shift=1),
        row("season", "(este|esta|en) {season}"),
        row("weekday", "[el|este] {weekday}"),
        row("day", "el [día] {day}"),
        row("year", "(en|desde|de|hasta|del) {year}", "{year}"),
    ),
    clock=(
        clock("(a|a las|a la) {hour} y media [{part}]", minutes=30),
        clock("(a|a las|a la) {hour} y cuarto [{part}]", minutes=15),
        clock("(a|a las|a la) {hour} menos cuarto [{part}]", minutes=-15),
        clock("[a las|a la] {hour}:{minute} [{part}]", "(a las|a la) {hour} [horas] [{part}]", "(al|a la) {word}"),
    ),
    parts={
        "de la mañana": "morning",
        "de la tarde": "afternoon",
        "de la noche": "night",
        "por la mañana": "morning",
        "por la tarde": "afternoon",
        "por la noche": "night",
    },
    hours={"mediodía": 12, "medianoche": 0},
    between="a|por la|de la|mañana|tarde|noche",
    times_of_day={"noche": "evening", "tarde": "afternoon"},
    past=re.compile(
        r"\b(?:era|eran|estaba|fui|fue|fuimos|hace|había|tuve|hice|ayer|vine|estuve|dije|he|ha|hemos)\b|\b\w{2,}(?:é|ó|aron|ieron|amos|imos)\b",
        re.IGNORECASE,
    ),
    ahead=re.compile(r"\b(?:es|son|será|voy|va|vamos|tengo|tiene|debo|empieza)\b", re.IGNORECASE),
)
