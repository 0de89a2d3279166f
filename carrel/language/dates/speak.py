"""Say when something is, relative to now, as people do: "last Tuesday, 24 November". Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from carrel.language.dates.period import Period, monday
from carrel.language.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How a language names days."""

    near: Mapping[int, str]
    """Words for days, by their distance from today."""
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    seasons: Mapping[int, str]
    """By the month in which they begin."""
    day: str
    """A day of this year: {day}, {month}."""
    day_of_year: str
    """A day of another year, with {year}."""
    past_weekday: str
    """{weekday} and {date} of the last six days."""
    coming_weekday: str
    month: str
    """A month of another year."""
    about: str
    """{date}, where only the week is known."""
    week_before: str
    """The week before {date}, on which it was called "last week"."""
    week_after: str
    weekend: str
    time: str
    """{date} at {time}."""


ENGLISH = Speech(
    near={-1: "yesterday", 0: "today", 1: "tomorrow"},
    weekdays=tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()),
    months=tuple("January February March April May June July August September October November December".split()),
    seasons={3: "spring", 6: "summer", 9: "autumn", 12: "winter"},
    day="{day} {month}",
    day_of_year="{day} {month} {year}",
    past_weekday="last {weekday}, {date}",
    coming_weekday="this {weekday}, {date}",
    month="{month} {year}",
    about="about {date}",
    week_before="the week before {date}",
    week_after="the week after {date}",
    weekend="the weekend of {date}",
    time="{date}, {time}",
)
GERMAN = Speech(
    near={-2: "vorgestern", -1: "gestern", 0: "heute", 1: "morgen", 2: "übermorgen"},
    weekdays=tuple("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()),
    months=tuple("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()),
    seasons={3: "Frühling", 6: "Sommer", 9: "Herbst", 12: "Winter"},
    day="{day}. {month}",
    day_of_year="{day}. {month} {year}",
    past_weekday="letzten {weekday}, {date}",
    coming_weekday="kommenden {weekday}, {date}",
    month="{month} {year}",
    about="etwa {date}",
    week_before="die Woche vor dem {date}",
    week_after="die Woche nach dem {date}",
    weekend="Wochenende vom {date}",
    time="{date}, {time} Uhr",
)
FRENCH = Speech(
    near={-2: "avant-hier", -1: "hier", 0: "aujourd'hui", 1: "demain", 2: "après-demain"},
    weekdays=tuple("lundi mardi mercredi jeudi vendredi samedi dimanche".split()),
    months=tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()),
    seasons={3: "printemps", 6: "été", 9: "automne", 12: "hiver"},
    day="{day} {month}",
    day_of_year="{day} {month} {year}",
    past_weekday="{weekday} dernier, {date}",
    coming_weekday="{weekday} prochain, {date}",
    month="{month} {year}",
    about="vers le {date}",
    week_before="la semaine avant le {date}",
    week_after="la semaine après le {date}",
    weekend="le week-end du {date}",
    time="{date}, {time}",
)
SPANISH = Speech(
    near={-2: "anteayer", -1: "ayer", 0: "hoy", 1: "mañana", 2: "pasado mañana"},
    weekdays=tuple("lunes martes miércoles jueves viernes sábado domingo".split()),
    months=tuple("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()),
    seasons={3: "primavera", 6: "verano", 9: "otoño", 12: "invierno"},
    day="{day} de {month}",
    day_of_year="{day} de {month} de {year}",
    past_weekday="el {weekday} pasado, {date}",
    coming_weekday="el próximo {weekday}, {date}",
    month="{month} de {year}",
    about="hacia el {date}",
    week_before="la semana antes del {date}",
    week_after="la semana después del {date}",
    weekend="el fin de semana del {date}",
    time="{date}, {time}",
)
CHINESE = Speech(
    near={-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"},
    weekdays=tuple("周一 周二 周三 周四 周五 周六 周日".split()),
    months=tuple(f"{n}月" for n in range(1, 13)),
    seasons={3: "春天", 6: "夏天", 9: "秋天", 12: "冬天"},
    day="{month}{day}日",
    day_of_year="{year}年{month}{day}日",
    past_weekday="{week}{weekday}，{date}",
    coming_weekday="{week}{weekday}，{date}",
    month="{year}年{month}",
    about="{date}左右",
    week_before="{date}的前一周",
    week_after="{date}的后一周",
    weekend="{date}那个周末",
    time="{date} {time}",
)
_SPEECH: Mapping[Language, Speech] = MappingProxyType(
    {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH, "zh": CHINESE}
)
_CHINESE_WEEKS = {-7: "上", 0: "这", 7: "下"}

THIS_YEAR_DAYS = 60
"""A day further away than this is said with its year."""

NEAR_DAYS = 6
"""A weekday is said of days up to so far away: a week away it would be today's own name."""


def spoken(period: Period, now: datetime, language: Language, near_days: int = THIS_YEAR_DAYS) -> str:
    """Return when something is, as it is said at the moment `now`; with the year where it is further than `near_days`."""
    speech = _SPEECH[language]
    match period.grain:
        case "year":
            return f"{period.day.year}年" if language == "zh" else str(period.day.year)
        case "season":
            return f"{speech.seasons[period.day.month]} {period.day.year}"
        case "month":
            return _month(period.day, now, speech, near_days)
        case "week":
            return speech.about.format(date=plain_day(period.day, now, language, near_days))
        case "weekend":
            return speech.weekend.format(date=plain_day(period.day, now, language, near_days))
    text = spoken_day(period.day, now, language, near_days)
    return speech.time.format(date=text, time=f"{period.at:%H:%M}") if period.at else text


def spoken_week(said: date, shift: int, now: datetime, language: Language) -> str:
    """Return the week before or after a day, by the sign of `shift`: what "last week" meant when it was said then."""
    speech = _SPEECH[language]
    pattern = speech.week_before if shift < 0 else speech.week_after
    return pattern.format(date=plain_day(said, now, language, NEAR_DAYS))


def spoken_day(day: date, now: datetime, language: Language, near_days: int = THIS_YEAR_DAYS) -> str:
    """Return a day: "yesterday, 27 November", "last Tuesday, 24 November", "3 May 2023"."""
    speech = _SPEECH[language]
    away = (day - now.date()).days
    plain = plain_day(day, now, language, near_days)
    if away in speech.near:
        return f"{speech.near[away]}{'，' if language == 'zh' else ', '}{plain}"
    if abs(away) > NEAR_DAYS:
        return plain
    pattern = speech.past_weekday if away < 0 else speech.coming_weekday
    week = _CHINESE_WEEKS[(monday(day) - monday(now.date())).days]
    return pattern.format(weekday=speech.weekdays[day.weekday()], date=plain, week=week)


def near_word(day: date, now: datetime, language: Language) -> str | None:
    """Return the word for a day, such as "today"; None for one that has none."""
    return _SPEECH[language].near.get((day - now.date()).days)


def plain_day(day: date, now: datetime, language: Language, near_days: int = THIS_YEAR_DAYS) -> str:
    """Return a day by its date, with the year where it is not near."""
    speech = _SPEECH[language]
    near = day.year == now.year and abs((day - now.date()).days) <= near_days
    pattern = speech.day if near else speech.day_of_year
    return pattern.format(day=day.day, month=speech.months[day.month - 1], year=day.year)


def _month(day: date, now: datetime, speech: Speech, near_days: int) -> str:
    name = speech.months[day.month - 1]
    near = abs((day - now.date()).days) <= near_days
    return name if near else speech.month.format(month=name, year=day.year)
