"""The text that WhatsApp exports of a chat, alone or in a zip: a line with date and speaker begins each message.

The form of the date follows the phone's language. Whether the day or the month comes first is read from all dates of
the file. Lines of the system and media that were left out are skipped.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from carrel.dates import UNKNOWN
from carrel.errors import BadFile
from carrel.formats.archive import read_texts
from carrel.formats.format import ConversationFormat, Transcript
from carrel.memory.values import NewMessage

_MARK = "\u200e"
"""A left-to-right mark, with which iPhones begin what is not a person's text."""
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_PM = frozenset("pm nachm μμ م 下午 午後 오후 晚上 中午".split())
_HALF = r"[ap]\.?\s?m\.?|nachm\.|vorm\.|μμ|πμ|م|ص|下午|午後|오후|晚上|中午|上午|午前|오전|凌晨|早上"
"""The half of the day, where hours are counted to twelve."""
_HALF_OF_DAY = re.compile(_HALF, re.IGNORECASE)
_HEADER = re.compile(
    r"\[?(?P<date>\d{1,4}\s?[./년-]\s?\d{1,2}\s?[./월-]\s?\d{1,4}일?)\.?,?\s+(?:(?:klo|kl\.|um|at|à|alle)\s)?"
    rf"(?P<before>{_HALF})?\s*(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?\s*(?P<after>{_HALF})?"
    r"(?P<end>\]\s*|\s+[-–—]\s+|,\s+|:\s+)(?P<rest>.*)",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"(?:~\s*)?(?P<name>[^:\n“”\"«»]{1,80}):\s(?P<text>.*)|(?:~\s*)?(?P<silent>[^:\n]{1,80}):$", re.DOTALL
)
_LEVELS = frozenset("CRITICAL DEBUG ERROR FATAL INFO NOTICE TRACE WARN WARNING".split())
"""Words that stand in logs where a speaker would."""
_DELETED = (
    "This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht"
    "|Se eliminó este mensaje|Ce message a été supprimé|此消息已删除|你删除了这条消息"
)
_LEFT_OUT = re.compile(
    r"<[^<>\n]{3,60}>|(?:image|video|audio|sticker|GIF|document|Contact card) omitted"
    rf"|null|(?:{_DELETED})[.。]?",
    re.IGNORECASE,
)
_LEFT_OUT_AFTER_MARK = re.compile(
    r".{0,40}\b(?:omitted|weggelassen|ausgeschlossen|omitid[oa]s?|omis[es]?|absente?|omess[oi])|.{0,40}(?:省略|생략).{0,9}",
    re.IGNORECASE,
)
_FILE_ATTACHED = "file attached|Datei angehängt|archivo adjunto|fichier joint|文件附件"
_ATTACHED = re.compile(rf"<[^<>\n]+: [^<>\n]+\.\w{{2,5}}>|.+\.\w{{2,5}} \((?:{_FILE_ATTACHED})\)")
_EDITED = re.compile(r"\s*\u200e?<(?:This message was edited|Diese Nachricht wurde bearbeitet|此消息已编辑)>$")
_NAME = re.compile(r"^WhatsApp.{0,3} ?[Cc]hat(?: with| mit| con| avec| -)? ")
_HINT = "Nothing was imported."


@dataclass(frozen=True, slots=True)
class _Entry:
    """A message as it stands in the file."""

    stamp: str
    """Its date and time as they are written."""
    date: tuple[int, int, int]
    """The three numbers of its date in their order."""
    hour: int
    minute: int
    second: int
    rest: str
    """What follows the date, with all its lines."""


def read(path: Path) -> Transcript:
    """Return the messages of a chat, each said by its speaker. Raise BadFile if the file holds none."""
    messages: list[NewMessage] = []
    for name, text in read_texts(path).items():
        messages += _messages(text, _chat_name(name if name != "_chat.txt" else path.name))
    if not messages:
        raise BadFile(f"'{path}' is not a chat of WhatsApp: it contains no messages.", _HINT)
    return Transcript(messages)


def recognises(beginning: str) -> bool:
    """Return whether the first line of a text and others after it begin with a date, and one of them with a speaker."""
    lines = [line for line in beginning.split("\n")[:60] if line.strip()]
    headers = [match for line in lines if (match := _HEADER.match(_visible(line)))]
    speakers = [found["name"] or found["silent"] for match in headers if (found := _SPEAKER.fullmatch(match["rest"]))]
    first = lines[:1] and _HEADER.match(_visible(lines[0]))
    return bool(first and speakers and not _LEVELS & set(speakers) and (len(headers) > 1 or len(lines) == 1))


FORMAT = ConversationFormat("whatsapp", read, recognises=recognises)


def _chat_name(file_name: str) -> str:
    stem = Path(file_name).stem
    return _NAME.sub("", stem).strip() or stem


def _messages(text: str, chat: str) -> Iterator[NewMessage]:
    entries = list(_entries(text))
    order = _order([entry.date for entry in entries], any(_HALF_OF_DAY.search(entry.stamp) for entry in entries[:50]))
    identity = f"whatsapp {entries[0].stamp} {entries[0].rest[:200]}" if entries else ""
    for entry in entries:
        found = _SPEAKER.fullmatch(entry.rest)
        if found is None or found["name"] is None:
            continue  # the system's own line
        said = _said(found["text"], is_of_group=_visible(found["name"]).strip() == chat)
        if said:
            speaker = _visible(found["name"]).strip()
            yield NewMessage("user", said, _moment(entry, order), speaker, chat, entry.stamp, conversation=identity)


def _said(text: str, is_of_group: bool) -> str:
    """Return what a person wrote; empty for media that were left out and lines of the system."""
    if is_of_group and text.startswith(_MARK):
        return ""
    lines = _visible(_EDITED.sub("", text)).strip().split("\n")
    if _ATTACHED.fullmatch(lines[0].strip()):
        lines = lines[1:]
    said = "\n".join(lines).strip()
    is_marked = text.startswith(_MARK) and _LEFT_OUT_AFTER_MARK.fullmatch(said)
    return "" if is_marked or _LEFT_OUT.fullmatch(said) else said


def _entries(text: str) -> Iterator[_Entry]:
    """Yield the messages of a file; a line without a date goes on with the one before."""
    current: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        match = _HEADER.match(line.lstrip("\u200e\u200f\ufeff"))
        if match is None:
            lines.append(line)
            continue
        if current is not None:
            yield _entry(current, lines)
        current, lines = match, [match["rest"]]
    if current is not None:
        yield _entry(current, lines)


def _entry(match: re.Match[str], lines: Sequence[str]) -> _Entry:
    first, second, third = (int(number) for number in re.findall(r"\d+", match["date"]))
    hour = int(match["hour"])
    half = re.sub(r"[\s.]", "", match["before"] or match["after"] or "").lower()
    if half:
        hour = hour % 12 + 12 * (half in _PM)
    stamp = " ".join(match.group()[: match.start("end")].strip("[ ").split())
    numbers = (first, second, third)
    return _Entry(stamp, numbers, hour, int(match["minute"]), int(match["second"] or 0), "\n".join(lines).rstrip("\n"))


def _order(dates: Sequence[tuple[int, int, int]], has_halves: bool) -> str:
    """Return in which order the numbers of the dates stand: `ymd`, `dmy` or `mdy`."""
    if any(first > 31 for first, _, _ in dates):
        return "ymd"
    possible = [order for order in ("dmy", "mdy") if all(_is_date(date, order) for date in dates)]
    in_sequence = [order for order in possible if all(a <= b for a, b in pairwise(_in_order(dates, order)))]
    choices = in_sequence or possible or ["dmy"]
    return "mdy" if has_halves and "mdy" in choices else choices[0]


def _in_order(dates: Sequence[tuple[int, int, int]], order: str) -> list[tuple[int, int, int]]:
    return [_year_month_day(date, order) for date in dates]


def _is_date(date: tuple[int, int, int], order: str) -> bool:
    _, month, day = _year_month_day(date, order)
    return 1 <= month <= 12 and 1 <= day <= 31


def _year_month_day(date: tuple[int, int, int], order: str) -> tuple[int, int, int]:
    year, month, day = (date[order.index(part)] for part in "ymd")
    return year + 2000 if year < 100 else year, month, day


def _moment(entry: _Entry, order: str) -> datetime:
    """Return when a message was sent, by the clock of this machine's time zone; UNKNOWN if there is no such moment."""
    try:
        return datetime(*_year_month_day(entry.date, order), entry.hour, entry.minute, entry.second).astimezone()
    except (ValueError, OverflowError, OSError):
        return UNKNOWN


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", text)
