"""Files of the LoCoMo dataset."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.formats import locomo

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "locomo-dev"
TINY: dict[str, Any] = {
    "sample_id": "tiny",
    "conversation": {
        "speaker_a": "Ada",
        "speaker_b": "Bob",
        "session_10_date_time": "12:05 am on 1 June, 2023",
        "session_10": [{"speaker": "Bob", "dia_id": "D10:1", "text": "Goodbye."}],
        "session_2_date_time": "1:56 pm on 8 May, 2023",
        "session_2": [
            {"speaker": "Ada", "dia_id": "D2:1", "text": "Look at this!", "blip_caption": "a photo of a kitten"},
            {"speaker": "Bob", "dia_id": "D2:2", "text": "Lovely!"},
        ],
        "session_3_date_time": "2:00 pm on 9 May, 2023",
        "session_3": [],
    },
}


def _file(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "talk.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_sessions_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """Session 2 before session 10, each message with speaker, session, time and dialogue id; empty ones are skipped."""
    first, second, last = locomo.read(_file(tmp_path, TINY))
    assert (first.speaker, first.role, first.source, first.session) == ("Ada", "user", "D2:1", "tiny/session_2")
    assert (second.speaker, second.role, second.source) == ("Bob", "assistant", "D2:2")
    assert first.at == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert (last.session, last.at) == ("tiny/session_10", datetime(2023, 6, 1, 0, 5, tzinfo=UTC))


def test_a_shared_photo_becomes_its_caption(tmp_path: Path) -> None:
    """The caption of a photo is added to the message's text."""
    assert locomo.read(_file(tmp_path, TINY))[0].text == "Look at this! [shares a photo: a photo of a kitten]"


def test_a_file_may_contain_several_conversations(tmp_path: Path) -> None:
    """The conversation's name is part of the session's, so that equal session numbers differ."""
    other = {**deepcopy(TINY), "sample_id": "other"}
    messages = locomo.read(_file(tmp_path, [TINY, other]))
    assert len(messages) == 6
    assert {message.session for message in messages[3:]} == {"other/session_2", "other/session_10"}


def _spoilt(path: str, value: object) -> dict[str, Any]:
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
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "it contains no messages"),
        ("5", "entry 1 has no conversation"),
        ('[{"conversation": {}}]', "entry 1 has no conversation"),
        ([TINY, {"conversation": "x"}], "entry 2 has no conversation"),
        (_spoilt("conversation.session_2_date_time", "some day"), "session_2_date_time: 'some day' is not a time"),
        (_spoilt("conversation.session_2.1", "Lovely!"), "session_2, message 2: no speaker or no text"),
        (_spoilt("conversation.session_2.0", {"speaker": "Ada"}), "session_2, message 1: no speaker or no text"),
        (_spoilt("conversation.session_2", "no list"), "session_2"),
        (_spoilt("conversation.session_2", 5), "session_2"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: object, complaint: str) -> None:
    """The error names the place, and nothing is imported."""
    with pytest.raises(BadFile) as caught:
        locomo.read(_file(tmp_path, data))
    assert complaint in caught.value.message
    assert caught.value.hint == "Nothing was imported."


@pytest.mark.skipif(not DATA.is_dir(), reason="the LoCoMo data is not beside the repository")
def test_a_real_conversation() -> None:
    """conv-26 has 419 messages in 19 sessions, each with a speaker, a date and an id of its own."""
    messages = locomo.read(DATA / "conv-26.json")
    assert len(messages) == 419
    assert len({message.session for message in messages}) == 19
    assert len({message.source for message in messages}) == 419
    assert {message.speaker for message in messages} == {"Caroline", "Melanie"}
    assert all(message.at is not None for message in messages)
