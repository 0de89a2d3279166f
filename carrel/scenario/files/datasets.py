"""Public datasets of long conversations as scenarios: LoCoMo (Maharana et al., ACL 2024) and BEAM.

The messages of each session go into recall memory at the session's date. After the last session every question is asked
as an aside, so that it leaves no trace, and scored against the dataset's answer and evidence.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from carrel.errors import BadFile
from carrel.formats import beam, locomo
from carrel.formats.files import read_json
from carrel.memory.values import NewMessage
from carrel.scenario.files.load import ScenarioSource, slug_of
from carrel.scenario.files.scenario import SCHEMA, Scenario

KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
"""LoCoMo's categories."""
METRICS = {"multi-hop": "f1-list", "adversarial": "abstains", "abstention": "abstains"}
"""The metric of each kind of question; F1 for all others."""
_HINT = "Use the file from the dataset."
_ANSWER_KEYS = ("answer", "ideal_answer", "ideal_response", "ideal_summary")
"""Where BEAM stores the gold answer, depending on the kind of question."""

Turn = dict[str, Any]
"""A turn of a scenario in the form of its file."""


def load_locomo(path: Path) -> Iterator[ScenarioSource]:
    """Yield a scenario for each conversation of a LoCoMo file. Raise BadFile if it is none or has no questions."""
    messages = locomo.read(path)
    data = read_json(path, f"'{path}' is not a LoCoMo file", _HINT)
    for entry in data if isinstance(data, list) else [data]:
        name = str(entry.get("sample_id") or path.stem)
        own = [message for message in messages if (message.session or "").rpartition("/")[0] == name]
        questions = [_locomo_question(path, item) for item in entry.get("qa", ())]
        yield _scenario(path, name, f"LoCoMo {name}", own, questions)


def load_beam(path: Path) -> Iterator[ScenarioSource]:
    """Yield the scenario of a BEAM chat and the file of questions beside it. Raise BadFile if either is invalid."""
    chat = path / "chat.json" if path.is_dir() else path
    messages = beam.read(chat)
    questions_file = chat.with_name("probing_questions.json")
    by_kind = read_json(questions_file, f"'{questions_file}'", _HINT)
    name = chat.parent.name if chat.name == "chat.json" else chat.stem
    questions = [_beam_question(questions_file, kind, item) for kind, items in by_kind.items() for item in items]
    yield _scenario(chat, f"beam-{name}", f"BEAM {name}", messages, questions)


DATASETS: dict[str, Callable[[Path], Iterator[ScenarioSource]]] = {"locomo": load_locomo, "beam": load_beam}
"""The loader of each dataset's files, by the name of its format."""


def _scenario(path: Path, slug: str, name: str, messages: list[NewMessage], questions: list[Turn]) -> ScenarioSource:
    if not questions:
        raise BadFile(f"'{path}' contains no questions.", "To import only its messages, use carrel import.")
    sessions = [
        _session(str(session), list(group)) for session, group in groupby(messages, key=lambda item: item.session)
    ]
    last = max(message.at for message in messages if message.at)
    first = min(message.at for message in messages if message.at)
    asking = {"id": "questions", "at": (last + timedelta(days=1)).isoformat(), "turns": questions}
    given = {
        "schema": SCHEMA,
        "name": name,
        "clock": {"start": first.isoformat()},
        "sessions": [*sessions, asking],
    }
    return ScenarioSource(Scenario.model_validate(given), path, slug_of(Path(slug)))


def _session(name: str, messages: list[NewMessage]) -> dict[str, Any]:
    at = next((message.at for message in messages if message.at), None)
    specs = [
        {"role": item.role, "text": item.text, "speaker": item.speaker, "source": item.source, "at": _iso(item.at)}
        for item in messages
    ]
    return {"id": name.replace(":", "-"), "at": _iso(at), "messages": specs}


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _locomo_question(path: Path, item: dict[str, Any]) -> Turn:
    if not isinstance(item, dict) or "question" not in item:
        raise BadFile(f"'{path}': a question has no text.", _HINT)
    kind = KINDS.get(item.get("category", 0), str(item.get("category", "")))
    evidence = [source for text in item.get("evidence") or [] for source in re.findall(r"D\d+:\d+", text)]
    answer = item.get("answer")
    if kind == "open-domain" and isinstance(answer, str):
        answer = answer.partition(";")[0]
    return _turn(str(item["question"]), None if answer is None else str(answer), evidence, kind, [])


def _beam_question(path: Path, kind: str, item: dict[str, Any]) -> Turn:
    if not isinstance(item, dict) or "question" not in item:
        raise BadFile(f"'{path}': a question has no text.", _HINT)
    answer = next((str(item[key]) for key in _ANSWER_KEYS if item.get(key)), None)
    evidence = [str(number) for number in _numbers(item.get("source_chat_ids"))]
    return _turn(str(item["question"]), answer, evidence, kind, [str(part) for part in item.get("rubric") or ()])


def _turn(question: str, answer: str | None, evidence: list[str], kind: str, rubric: list[str]) -> Turn:
    score: dict[str, Any] = {"kind": kind, "evidence": evidence, "metric": METRICS.get(kind, "f1"), "rubric": rubric}
    return {"user": question, "aside": True, "score": {**score, **({"answer": answer} if answer else {})}}


def _numbers(given: Any) -> list[int]:
    if isinstance(given, dict):
        return [number for value in given.values() for number in _numbers(value)]
    if isinstance(given, list):
        return [number for value in given for number in _numbers(value)]
    return [given] if isinstance(given, int) else []
