"""Chat files of the BEAM dataset."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.formats import beam
from carrel.memory.values import NewMessage

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "beam-dev"
MARCH = datetime(2024, 3, 15, tzinfo=UTC)
APRIL = datetime(2024, 4, 5, tzinfo=UTC)
TINY: list[dict[str, Any]] = [
    {
        "batch_number": 1,
        "time_anchor": "March-15-2024",
        "turns": [
            [
                {
                    "role": "user",
                    "id": 0,
                    "time_anchor": "March-15-2024",
                    "index": "1,1",
                    "question_type": "main_question",
                    "content": "How do I keep bees? ->-> 1,1",
                },
                {"role": "assistant", "id": 1, "content": "With patience."},
            ],
            [
                {"role": "user", "id": 2, "question_type": "answer_ai_question", "content": "养蜂需要耐心 ->-> 1,2, 3"},
                {"role": "assistant", "id": 3, "content": "Use `a ->-> b`; it is 1,1 here."},
            ],
        ],
    },
    {
        "batch_number": 2,
        "turns": [[{"role": "user", "id": 4, "time_anchor": "April-05-2024", "content": "They swarmed."}]],
    },
]


def _file(tmp_path: Path, data: object, name: str = "talk.json") -> Path:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_every_message_has_its_batch_date_and_id(tmp_path: Path) -> None:
    """Turns in order; a batch is a session, the dataset's id the source; a date applies until the next one."""
    assert beam.read(_file(tmp_path, TINY)) == [
        NewMessage("user", "How do I keep bees?", MARCH, None, "talk/1", "0"),
        NewMessage("assistant", "With patience.", MARCH, None, "talk/1", "1"),
        NewMessage("user", "养蜂需要耐心", MARCH, None, "talk/1", "2"),
        NewMessage("assistant", "Use `a ->-> b`; it is 1,1 here.", MARCH, None, "talk/1", "3"),
        NewMessage("user", "They swarmed.", APRIL, None, "talk/2", "4"),
    ]


def test_a_chat_is_named_by_its_folder(tmp_path: Path) -> None:
    """The dataset stores every chat as NUMBER/chat.json: the number is part of the session's name."""
    sessions = {message.session for message in beam.read(_file(tmp_path, TINY, "17/chat.json"))}
    assert sessions == {"17/1", "17/2"}


def test_optional_fields(tmp_path: Path) -> None:
    """A message needs only a role and content; a date in another form counts as none."""
    turns = [[{"role": "user", "content": "Hi", "time_anchor": "one day"}, {"role": "assistant", "content": ""}]]
    assert beam.read(_file(tmp_path, [{"turns": turns}])) == [
        NewMessage("user", "Hi", None, None, "talk/1", None),
        NewMessage("assistant", "", None, None, "talk/1", None),
    ]


def _spoilt(path: str, value: object) -> list[dict[str, Any]]:
    data = deepcopy(TINY)
    *above, last = path.split(".")
    place: Any = data
    for key in above:
        place = place[int(key) if key.isdigit() else key]
    place[int(last) if last.isdigit() else last] = value
    return data


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("{", "is not a BEAM chat: not JSON"),
        ("[" * 100_000, "is not a BEAM chat: not JSON"),
        ("5", "is not a BEAM chat: not a list of batches with turns"),
        ('{"conversation": {}}', "is not a BEAM chat: not a list of batches with turns"),
        ('[{"mapping": {}}]', "is not a BEAM chat: not a list of batches with turns"),
        ([*TINY, 5], "is not a BEAM chat: not a list of batches with turns"),
        ("[]", "is not a BEAM chat: it contains no messages"),
        ([{"turns": []}], "is not a BEAM chat: it contains no messages"),
        (_spoilt("0.turns.0.1", "With patience."), "a message without role or content"),
        (_spoilt("0.turns.0.1.role", "robot"), "a message without role or content"),
        (_spoilt("1.turns.0.0.content", None), "a message without role or content"),
        (_spoilt("0.turns", "no list"), ""),
        (_spoilt("0.turns", None), ""),
        (_spoilt("0.turns", 5), ""),
        (_spoilt("0.turns.0", None), ""),
        (_spoilt("0.turns.0", 5), ""),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: object, complaint: str) -> None:
    """The error names the file, and nothing is imported."""
    path = _file(tmp_path, data)
    with pytest.raises(BadFile) as caught:
        beam.read(path)
    assert caught.value.message.startswith(f"'{path}'")
    assert complaint in caught.value.message
    assert caught.value.hint == "Nothing was imported."


@pytest.mark.skipif(not DATA.is_dir(), reason="the BEAM data is not beside the repository")
def test_a_real_chat() -> None:
    """The first chat has 188 messages in three dated batches, each with an id and without references to the plan."""
    messages = beam.read(DATA / "1" / "chat.json")
    assert [message.source for message in messages] == [str(n) for n in range(188)]
    assert list(dict.fromkeys((message.session, message.at) for message in messages)) == [
        ("1/1", MARCH),
        ("1/2", APRIL),
        ("1/3", datetime(2024, 4, 25, tzinfo=UTC)),
    ]
    assert [message for message in messages if "->->" in message.text] == []
    assert {message.role for message in messages} == {"user", "assistant"}
