"""Public datasets as scenarios."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.scenario.files.datasets import load_beam, load_locomo

CONVERSATION = {
    "speaker_a": "Ann",
    "speaker_b": "Ben",
    "session_1_date_time": "1:56 pm on 8 May, 2023",
    "session_1": [{"speaker": "Ann", "dia_id": "D1:1", "text": "I adopted a turtle."}],
}


def locomo_file(path: Path, *questions: dict[str, Any]) -> Path:
    """Write a LoCoMo file with one conversation."""
    path.write_text(json.dumps([{"sample_id": "conv-9", "conversation": CONVERSATION, "qa": questions}]))
    return path


def test_locomo_questions(tmp_path: Path) -> None:
    """Each question becomes an aside a day after the last session, with the metric of its category."""
    questions = [
        {"question": "Q1", "answer": "A; or B", "evidence": ["D1:1; D1:2"], "category": 3},
        {"question": "Q2", "answer": "A, B", "evidence": [], "category": 1},
        {"question": "Q3", "adversarial_answer": "x", "evidence": ["D1:1"], "category": 5},
    ]
    (source,) = load_locomo(locomo_file(tmp_path / "a.json", *questions))
    past, asking = source.scenario.sessions
    assert (source.slug, source.scenario.name) == ("conv-9", "LoCoMo conv-9")
    assert [message.text for message in past.messages] == ["I adopted a turtle."]
    assert str(asking.at) == "2023-05-09 13:56:00+00:00"
    scores = [turn.score for turn in asking.turns if turn.aside and turn.score]
    assert [(score.kind, score.metric, score.answer, score.evidence) for score in scores] == [
        ("open-domain", "f1", "A", ("D1:1", "D1:2")),
        ("multi-hop", "f1-list", "A, B", ()),
        ("adversarial", "abstains", None, ("D1:1",)),
    ]


def test_beam_questions(tmp_path: Path) -> None:
    """The questions are in a file beside the chat; evidence may be nested, and the answer has several names."""
    message = {"role": "user", "id": 4, "content": "Hi", "time_anchor": "March-15-2024"}
    chat = [{"batch_number": 1, "turns": [[message]]}]
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "chat.json").write_text(json.dumps(chat))
    asked = {
        "abstention": [{"question": "Q", "ideal_response": "A", "source_chat_ids": {"x": [4, [5]]}, "rubric": [1]}]
    }
    (tmp_path / "7" / "probing_questions.json").write_text(json.dumps(asked))
    (source,) = load_beam(tmp_path / "7")
    score = source.scenario.sessions[-1].turns[0].score
    assert score is not None
    assert (source.slug, score.kind, score.metric, score.answer) == ("beam-7", "abstention", "abstains", "A")
    assert (score.evidence, score.rubric) == (("4", "5"), ("1",))


def test_files_without_questions_are_refused(tmp_path: Path) -> None:
    """The error says what to use instead; a question without its text is refused too."""
    with pytest.raises(BadFile, match=r"contains no questions\. To import only its messages, use carrel import"):
        list(load_locomo(locomo_file(tmp_path / "a.json")))
    with pytest.raises(BadFile, match="a question has no text"):
        list(load_locomo(locomo_file(tmp_path / "a.json", {"answer": "x"})))
