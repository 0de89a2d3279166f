"""WhatsApp's text: dates of every kind of phone, messages of several lines, and no line that nobody wrote."""

import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.dates import UNKNOWN
from carrel.errors import BadFile
from carrel.formats import whatsapp

CHAT = """\
13.06.23, 18:08 - Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt. Tippe, um mehr zu erfahren.
13.06.23, 18:08 - Ada hat die Gruppe „Garten“ erstellt
13.06.23, 18:09 - Ada: Wir treffen uns um sechs.
Bring bitte mit:
- Brot: zwei

- Käse
13.06.23, 18:10 - Bob 🐝: <Medien ausgeschlossen>
13.06.23, 18:11 - +49 170 1234567: Ja, gern! https://example.org/a:b
13.06.23, 18:12 - Ada: IMG-20230613-WA0001.jpg (Datei angehängt)
Der Garten
13.06.23, 18:13 - Bob 🐝: Diese Nachricht wurde gelöscht.
13.06.23, 18:14 - Bob 🐝: null
13.06.23, 18:15 - Ada:\x20
14.06.23, 09:00 - 小明: 好的
"""


def _read(tmp_path: Path, text: str, name: str = "WhatsApp Chat mit Garten.txt") -> list[tuple[str, str, str]]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return [(m.at.isoformat(" ")[:19] if m.at else "", m.speaker or "", m.text) for m in whatsapp.read(path).messages]


def test_a_chat(tmp_path: Path) -> None:
    """Each message has its own time and speaker and all its lines; the system's lines and media are left out."""
    assert _read(tmp_path, CHAT) == [
        ("2023-06-13 18:09:00", "Ada", "Wir treffen uns um sechs.\nBring bitte mit:\n- Brot: zwei\n\n- Käse"),
        ("2023-06-13 18:11:00", "+49 170 1234567", "Ja, gern! https://example.org/a:b"),
        ("2023-06-13 18:12:00", "Ada", "Der Garten"),
        ("2023-06-14 09:00:00", "小明", "好的"),
    ]
    (first, *_, last) = whatsapp.read(tmp_path / "WhatsApp Chat mit Garten.txt").messages
    assert (first.session, first.source, first.role) == ("Garten", "13.06.23, 18:09", "user")
    assert first.conversation == last.conversation
    assert first.at == datetime(2023, 6, 13, 18, 9).astimezone()


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("13/06/2023, 18:08 - Ada: Hi", "2023-06-13 18:08:00"),
        ("13/06/2023 18:08 - Ada: Hi", "2023-06-13 18:08:00"),
        ("[13/06/2023, 18:08:09] Ada: Hi", "2023-06-13 18:08:09"),
        ("\u200e[13/06/2023, 18:08:09] Ada: Hi", "2023-06-13 18:08:09"),
        ("[13.06.23, 18:08:09] ~\u202fAda: Hi", "2023-06-13 18:08:09"),
        ("[27-11-18 18:43:20] Ada: Hi", "2018-11-27 18:43:20"),
        ("27-11-2018 18:43 - Ada: Hi", "2018-11-27 18:43:00"),
        ("6/13/23, 6:08 PM - Ada: Hi", "2023-06-13 18:08:00"),
        ("6/13/23, 6:08\u202fPM - Ada: Hi", "2023-06-13 18:08:00"),
        ("6/13/23, 12:08 AM - Ada: Hi", "2023-06-13 00:08:00"),
        ("[6/13/23, 12:08:09\u202fPM] Ada: Hi", "2023-06-13 12:08:09"),
        ("4/1/23, 6:08 PM - Ada: Hi", "2023-04-01 18:08:00"),
        ("20/6/2017 8:28 p.\u00a0m. - Ada: Hi", "2017-06-20 20:28:00"),
        ("09/12/2012 17:03:48: Ada: Hi", "2012-12-09 17:03:48"),
        ("2023-06-13, 18:08 - Ada: Hi", "2023-06-13 18:08:00"),
        ("[2023-06-13, 18.08.09] Ada: Hi", "2023-06-13 18:08:09"),
        ("2023/6/13 下午6:08 - Ada: Hi", "2023-06-13 18:08:00"),
        ("[2023/6/13 上午6:08:09] Ada: Hi", "2023-06-13 06:08:09"),
        ("2023년 6월 13일 오후 6:08, Ada : Hi", "2023-06-13 18:08:00"),
        ("2023/06/13 18:08 - Ada: Hi", "2023-06-13 18:08:00"),
        ("13/06/23, 6:08 μμ - Ada: Hi", "2023-06-13 18:08:00"),
        ("١٣/٦/٢٠٢٣, ٦:٠٨ م - Ada: Hi", "2023-06-13 18:08:00"),
        ("13.6.2023 klo 18.08 - Ada: Hi", "2023-06-13 18:08:00"),
        ("13. 6. 2023, 18:08 - Ada: Hi", "2023-06-13 18:08:00"),
    ],
)
def test_dates_of_every_phone(tmp_path: Path, line: str, at: str) -> None:
    """In the order and with the signs of its language."""
    assert _read(tmp_path, line) == [(at, "Ada", "Hi")]
    assert whatsapp.recognises(line)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("01/02/2023", "01/03/2023", "13/03/2023"), ["2023-02-01", "2023-03-01", "2023-03-13"]),
        (("01/02/2023", "01/03/2023", "01/13/2023"), ["2023-01-02", "2023-01-03", "2023-01-13"]),
        (("12/01/2022", "01/02/2023", "02/01/2023"), ["2022-12-01", "2023-01-02", "2023-02-01"]),
        (("05/01/2023", "06/01/2023"), ["2023-01-05", "2023-01-06"]),
        (("31/02/2023", "01/03/2023"), ["unknown", "2023-03-01"]),
    ],
)
def test_the_order_of_day_and_month(tmp_path: Path, dates: tuple[str, ...], expected: list[str]) -> None:
    """All dates of a file are read in one order: the one in which they exist and follow each other."""
    path = tmp_path / "x.txt"
    path.write_text("".join(f"{date}, 18:08 - Ada: Hi\n" for date in dates), encoding="utf-8")
    found = [message.at for message in whatsapp.read(path).messages]
    assert ["unknown" if at == UNKNOWN else f"{at:%Y-%m-%d}" for at in found if at] == expected


@pytest.mark.parametrize(
    "line",
    [
        "[13/06/2023, 18:08:09] Garten: \u200eMessages and calls are end-to-end encrypted.",
        "[13/06/2023, 18:08:09] Garten: \u200eAda added you",
        "[13/06/2023, 18:08:09] Ada: \u200eimage omitted",
        "[13/06/2023, 18:08:09] Ada: \u200eBild weggelassen",
        "[13/06/2023, 18:08:09] Ada: \u200e<attached: 00000012-PHOTO-2023-06-13.jpg>",
        "13/06/2023, 18:08 - Ada: <Media omitted>",
        "13/06/2023, 18:08 - Ada: <省略多媒体文件>",
        "13/06/2023, 18:08 - Ada: IMG-1.jpg (file attached)",
        "13/06/2023, 18:08 - Ada: You deleted this message",
        "13/06/2023, 18:08 - Ada changed the subject from “a: b” to “c: d”",
        "13/06/2023, 18:08 - Ada left",
    ],
)
def test_what_nobody_wrote(tmp_path: Path, line: str) -> None:
    """Lines of the system, media that are not there, deleted messages."""
    rest = "[13/06/2023, 19:00:00] Ada: I omitted the <b>salt</b>: null.\u200e<This message was edited>"
    assert _read(tmp_path, f"{line}\r\n{rest}\r\n") == [
        ("2023-06-13 19:00:00", "Ada", "I omitted the <b>salt</b>: null.")
    ]


def _add(path: Path, home: Path) -> int:
    """Import a chat and return how many messages were new."""
    with Carrel.open(home, "offline", "none") as client:
        return client.agent("ada").recall.load(whatsapp.read(path).messages).added


def test_equal_messages_of_one_minute_stay(tmp_path: Path, home: Path) -> None:
    """Several in a minute, equal ones among them, are each a message; the same file again adds none."""
    path = tmp_path / "x.txt"
    lines = ["Ada: ok", "Ada: ok", "Bob: ok", "Ada: yes"]
    path.write_text("".join(f"13/06/2023, 18:08 - {line}\n" for line in lines), encoding="utf-8")
    assert [_add(path, home), _add(path, home)] == [4, 0]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process cannot be changed here")
def test_time_zones(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Winter and summer have their own offsets; the same file read in another time zone adds nothing."""
    path = tmp_path / "x.txt"
    path.write_text("13/01/2023, 18:08 - Ada: ok\n13/06/2023, 18:08 - Ada: ok\n", encoding="utf-8")
    found = []
    try:
        for zone in ("Europe/Berlin", "America/New_York"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            messages = whatsapp.read(path).messages
            found.append(([f"{message.at:%H:%M %z}" for message in messages], _add(path, home)))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == [(["18:08 +0100", "18:08 +0200"], 2), (["18:08 -0500", "18:08 -0400"], 0)]


def test_the_zip_of_an_iphone(tmp_path: Path) -> None:
    """The chat's name is that of the archive."""
    path = tmp_path / "WhatsApp Chat - Garten.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("00000012-PHOTO.jpg", b"\xff\xd8")
        archive.writestr("_chat.txt", "\ufeff[13/06/2023, 18:08:09] Ada: Hi\n")
    (message,) = whatsapp.read(path).messages
    assert (message.session, message.text) == ("Garten", "Hi")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear diary, today was fine.",
        "Notes\n13/06/2023, 18:08 - Ada: Hi\n",
        "2026-01-05 09:00:01 - INFO: started\n2026-01-05 09:00:02 - ERROR: stopped\n",
        "2026-01-05: a date\n2026-01-06: another\n",
        "13/06/2023, 18:08 - a line of a log\n13/06/2023, 18:09 - another\n",
        '{"at": "13/06/2023, 18:08 - Ada: Hi"}',
    ],
)
def test_other_texts_are_not_recognised(text: str) -> None:
    """Diaries, logs and data stay what they are."""
    assert not whatsapp.recognises(text)


def test_a_file_without_messages_is_refused(tmp_path: Path) -> None:
    """It is named."""
    path = tmp_path / "x.txt"
    path.write_text("Dear diary", encoding="utf-8")
    with pytest.raises(BadFile, match="is not a chat of WhatsApp: it contains no messages"):
        whatsapp.read(path)
