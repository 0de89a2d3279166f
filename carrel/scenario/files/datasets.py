"""Public datasets of long conversations as stories: their sessions with their dates, and their questions.

LoCoMo (Maharana et al., ACL 2024) and BEAM. Each session's messages go into recall at its date; after the last one
every question is asked on the side, so that it leaves no trace, and scored against the dataset's answer and evidence.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from carrel.errors import BadFile
from carrel.formats import beam, locomo
from carrel.formats.files import read_text
from carrel.memory.values import NewMessage
from carrel.scenario.files.load import Source, slug_of
from carrel.scenario.files.story import SCHEMA, Scenario

KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
"""LoCoMo's categories."""
METRICS = {"multi-hop": "f1-list", "adversarial": "abstains", "abstention": "abstains"}
_ANSWERS = ("answer", "ideal_answer", "ideal_response", "ideal_summary")
"""Where BEAM keeps the gold answer, by kind of question."""

Turn = dict[str, Any]


def locomo_stories(path: Path) -> Iterator[Source]:
    """Yield a story for each conversation of a LoCoMo file. Raise BadFile."""
    messages = locomo.read(path)
    data = json.loads(read_text(path))
    for entry in data if isinstance(data, list) else [data]:
        name = str(entry.get("sample_id") or path.stem)
        mine = [message for message in messages if (message.session or "").rpartition("/")[0] == name]
        questions = [_locomo_question(path, item) for item in entry.get("qa", ())]
        yield _story(path, name, f"LoCoMo {name}", mine, questions)


def beam_stories(path: Path) -> Iterator[Source]:
    """Yield the story of a BEAM chat; its questions stand beside it. Raise BadFile."""
    chat = path / "chat.json" if path.is_dir() else path
    messages = beam.read(chat)
    beside = chat.with_name("probing_questions.json")
    try:
        asked = json.loads(read_text(beside))
    except ValueError as error:
        raise BadFile(f"'{beside}' is not JSON ({error}).", "Fetch the dataset's own file.") from None
    name = chat.parent.name if chat.name == "chat.json" else chat.stem
    questions = [_beam_question(beside, kind, item) for kind, items in asked.items() for item in items]
    yield _story(chat, f"beam-{name}", f"BEAM {name}", messages, questions)


DATASETS: dict[str, Callable[[Path], Iterator[Source]]] = {"locomo": locomo_stories, "beam": beam_stories}


def read_dataset(path: Path, form: str) -> list[Source]:
    """Return the stories of a dataset's file. Raise BadFile where it is none, or has no questions."""
    return list(DATASETS[form](path))


def _story(path: Path, slug: str, name: str, messages: list[NewMessage], questions: list[Turn]) -> Source:
    if not questions:
        raise BadFile(f"'{path}' has no questions.", "To take in its messages only, use carrel import.")
    sessions = [
        _session(str(session), list(said)) for session, said in groupby(messages, key=lambda item: item.session)
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
    return Source(Scenario.model_validate(given), path, slug_of(Path(slug)))


def _session(name: str, said: list[NewMessage]) -> dict[str, Any]:
    at = next((message.at for message in said if message.at), None)
    messages = [
        {"role": item.role, "text": item.text, "speaker": item.speaker, "source": item.source, "at": _iso(item.at)}
        for item in said
    ]
    return {"id": name.replace(":", "-"), "at": _iso(at), "messages": messages}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _locomo_question(path: Path, item: dict[str, Any]) -> Turn:
    if not isinstance(item, dict) or "question" not in item:
        raise BadFile(f"'{path}': a question without its text.", "Fetch the dataset's own file.")
    kind = KINDS.get(item.get("category", 0), str(item.get("category", "")))
    evidence = [found for text in item.get("evidence") or [] for found in re.findall(r"D\d+:\d+", text)]
    answer = item.get("answer")
    if kind == "open-domain" and isinstance(answer, str):
        answer = answer.partition(";")[0]
    return _turn(str(item["question"]), None if answer is None else str(answer), evidence, kind, [])


def _beam_question(path: Path, kind: str, item: dict[str, Any]) -> Turn:
    if not isinstance(item, dict) or "question" not in item:
        raise BadFile(f"'{path}': a question without its text.", "Fetch the dataset's own file.")
    answer = next((str(item[name]) for name in _ANSWERS if item.get(name)), None)
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
