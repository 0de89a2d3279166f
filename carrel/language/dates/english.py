"""English date expressions."""

import re

from carrel.language.dates.vocabulary import DateWords, clock, row

_MONTHS = "january february march april may june july august september october november december".split()
_SHORT = "jan feb mar apr jun jul aug sep sept oct nov dec".split()
_SHORT_NUMBERS = (1, 2, 3, 4, 6, 7, 8, 9, 9, 10, 11, 12)
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_TWENTIES = {f"twenty-{word}": 20 + n for n, word in enumerate(_ORDINALS[:9], 1)}

_DAY = "[the] {day}[st|nd|rd|th]"

ENGLISH = DateWords(
    fixed={
        "today": 0,
        "tonight": 0,
        "this morning": 0,
        "this afternoon": 0,
        "this evening": 0,
        "earlier today": 0,
        "later today": 0,
        "just now": 0,
        "yesterday": -1,
        "last night": -1,
        "the night before last": -2,
        "the day before yesterday": -2,
        "day before yesterday": -2,
        **dict.fromkeys(("tomorrow", "tmrw", "tmr", "tomoz", "tomorow", "tommorow", "tommorrow"), 1),
        "the day after tomorrow": 2,
        "day after tomorrow": 2,
    },
    weekdays={
        **{word: n for n, word in enumerate(_WEEKDAYS)},
        **{word[:3]: n for n, word in enumerate(_WEEKDAYS) if word not in ("saturday", "sunday", "wednesday")},
        "tues": 1,
        "weds": 2,
        "thur": 3,
        "thurs": 3,
    },
    months={**{word: n for n, word in enumerate(_MONTHS, 1)}, **dict(zip(_SHORT, _SHORT_NUMBERS, strict=True))},
    units={
        unit + ending: unit
        for unit in ("minute", "hour", "day", "weekend", "week", "month", "year")
        for ending in ("", "s")
    },
    numbers={
        **{word: n for n, word in enumerate(_NUMBERS, 1)},
        "a": 1,
        "an": 1,
        "a couple of": 2,
        "a couple": 2,
        "half a": 0.5,
        "half an": 0.5,
        "fifteen": 15,
        "twenty": 20,
        "thirty": 30,
    },
    ordinals={**{word: n for n, word in enumerate(_ORDINALS, 1)}, **_TWENTIES, "thirtieth": 30, "thirty-first": 31},
    seasons={"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12},
    holidays={
        "christmas eve": (12, 24),
        "christmas day": (12, 25),
        "christmas": (12, 25),
        "new year's eve": (12, 31),
        "new year's day": (1, 1),
        "valentine's day": (2, 14),
        "halloween": (10, 31),
    },
    rows=(
        row("week_and_weekday", "{weekday} [of|in] the week after next", shift=2),
        row("week_from_weekday", "(a|one) week (from|on) [this|next] {weekday}", "{weekday} week", shift=7),
        row("week_from_weekday", "(two weeks|a fortnight) (from|on) [this|next] {weekday}", shift=14),
        row("week_and_weekday", "{weekday} [of] next week", "next week [on] {weekday}", "next {weekday}", shift=1),
        row("week_and_weekday", "{weekday} [of] last week", "last week [on] {weekday}", shift=-1),
        row("week_and_weekday", "{weekday} [of] this week"),
        row("count", "{count} {unit} ago", "{count} {unit} earlier", "{count} {unit} back", shift=-1),
        row("count", "in [about|around] {count} [more] {unit}", "{count} {unit} from (now|today)", shift=1),
        row("fixed", "{fixed}"),
        row("unit", "the {span} before last", shift=-2),
        row("unit", "the {span} after next", shift=2),
        row("unit", "(last|the past|the previous|this past) {span}", shift=-1),
        row("unit", "(next|the coming|the following) {span}", shift=1),
        row("unit", "this {span}"),
        row("weekday", "last {weekday}", "this past {weekday}", shift=-1),
        row("weekday", "(the coming|coming|this coming|the following) {weekday}", shift=1),
        row(
            "relative_year", f"{_DAY} [of] {{month}} last year", "{month} [the] {day}[st|nd|rd|th] last year", shift=-1
        ),
        row("relative_year", f"{_DAY} [of] {{month}} next year", "{month} [the] {day}[st|nd|rd|th] next year", shift=1),
        row("relative_year", f"{_DAY} [of] {{month}} this year", "{month} [the] {day}[st|nd|rd|th] this year"),
        row("day", f"{_DAY} [of] {{month}}[.][,] {{year}}", "{month}[.] [the] {day}[st|nd|rd|th][,] {year}"),
        row("day", f"{_DAY} [of] {{month}}", "{month}[.] [the] {day}[st|nd|rd|th]", "{month} {day}"),
        row("day", "{year}-{month_number}-{day_number}", "{month_number}/{day_number}/{year}"),
        row("holiday", "last {holiday}", shift=-1),
        row("holiday", "next {holiday}", shift=1),
        row("holiday", "{holiday} {year}", "{holiday}"),
        row("relative_year", "{month} [of] last year", "last year in {month}", shift=-1),
        row("relative_year", "{month} [of] next year", "next year in {month}", shift=1),
        row("month", "{month}[,] [of] {year}", "{year}-{month_number}"),
        row("month", "last {month}", shift=-1),
        row("month", "next {month}", shift=1),
        row("month", "(in|since|until|by|during|early|late|mid|this|of) {month}"),
        row("season", "{season} [of] {year}"),
        row("season", "last {season}", shift=-1),
        row("season", "next {season}", shift=1),
        row("season", "(in the|this|in|during the) {season}"),
        row("weekday", "this {weekday}", "[on] {weekday}"),
        row("day", "on the {day}[st|nd|rd|th]"),
        row("year", "(in|since|of|until|by|from|back in|around) {year}", "{year}"),
    ),
    clock=(
        clock("[at] half past {hour} [{part}]", minutes=30),
        clock("[at] [a] quarter past {hour} [{part}]", minutes=15),
        clock("[at] [a] quarter to {hour} [{part}]", minutes=-15),
        clock("[at] {hour}(:|.){minute}{part}", "[at] {hour}(:|.){minute} {part}", "[at] {hour}:{minute}"),
        clock("[at] {hour}{part}", "[at] {hour} [o'clock] {part}"),
        clock("at {hour} [o'clock]", "{hour} o'clock", "[at] {word}"),
    ),
    parts={
        "am": "morning",
        "a.m.": "morning",
        "pm": "afternoon",
        "p.m.": "afternoon",
        "in the morning": "morning",
        "in the afternoon": "afternoon",
        "in the evening": "evening",
        "at night": "night",
    },
    hours={"noon": 12, "midday": 12, "midnight": 0},
    between="at|in the|morning|afternoon|evening|night|on",
    times_of_day={"night": "evening", "evening": "evening", "afternoon": "afternoon", "morning": "morning"},
    past=re.compile(
        r"\b(?:was|were|did|had|went|got|moved|met|saw|came|said|told|bought|made|took|gave|found|left|started|began"
        r"|\w{3,}ed|ago|have been|has been)\b",
        re.IGNORECASE,
    ),
    ahead=re.compile(
        r"\b(?:is|are|will|shall|going|have to|must|should|planning|due|leaves?|starts?)\b|'ll\b", re.IGNORECASE
    ),
)
