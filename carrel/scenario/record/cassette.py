"""Cassettes: a model's answers, recorded at Carrel's own seam and played back without the model.

One JSON object a line. The first says what was recorded; then each answer under the hash of its request, and each
text's vector, so that a replay needs no embedder either and is the same on every machine. Headers and keys never pass
this seam; a text that looks like a key is refused.
"""

import base64
import difflib
import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from carrel import errors
from carrel.bootstrap import OFFLINE
from carrel.errors import BadFile, CarrelError, CassetteMiss, UsageError
from carrel.formats.files import read_text
from carrel.messages import AssistantMessage, Usage, canonical, from_json
from carrel.models.chat.in_process import InProcessModel
from carrel.models.chat.scripted import pieces
from carrel.protocols import ChatModel, Embedder, Purpose, Reply, Request, Retrying, TextPiece, Vectors
from carrel.scenario.record.names import Names, restored_call
from carrel.scenario.record.secrets import find_key

SCHEMA = "carrel/cassette@1"
DIFFERENCES = 24
"""Lines of difference to the nearest recording that are shown."""


def key_of(lane: str, request: dict[str, Any]) -> str:
    """Return the hash under which a request is recorded; the lane parts the judge from the agent's model."""
    return hashlib.sha256(f"{lane}\n{canonical(request)}".encode()).hexdigest()


@dataclass(slots=True)
class Tape:
    """What is being recorded."""

    model: str
    known_key: str = ""
    """The configured key, which must not appear."""
    embedder: tuple[str, int] | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    _texts: set[str] = field(default_factory=set)

    def answer(self, lane: str, request: dict[str, Any], said: dict[str, Any]) -> None:
        """Record an answer or an error."""
        self.lines.append({"lane": lane, "key": key_of(lane, request), "request": request, **said})

    def vector(self, purpose: Purpose, text: str, vector: Vectors) -> None:
        """Record a text's vector, once."""
        key = _text_key(purpose, text)
        if key not in self._texts:
            self._texts.add(key)
            packed = base64.b64encode(vector.astype("<f4").tobytes()).decode()
            self.lines.append({"text": text, "purpose": purpose, "vector": packed})

    def save(self, path: Path) -> None:
        """Write the cassette. Raise UsageError, and write nothing, where a key stands in it."""
        head: dict[str, Any] = {"schema": SCHEMA, "model": self.model}
        if self.embedder:
            head["embedder"] = {"fingerprint": self.embedder[0], "dimension": self.embedder[1]}
        body = "".join(canonical(line) + "\n" for line in [head, *self.lines])
        if found := find_key(body, self.known_key):
            said = f"The cassette '{path}' would hold something that looks like a key: {found[:6]}…"
            raise UsageError(f"{said}. Nothing was written.", "Take it out of the scenario.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


class Recorder(InProcessModel):
    """A model whose answers are recorded.

    What its server says about itself is kept from the story: a replay has no server, and must send the same requests.
    """

    def __init__(self, model: ChatModel, tape: Tape, lane: str = "agent") -> None:
        self.name = model.name
        self._model = model
        self._tape = tape
        self._lane = lane

    @property
    def is_language_model(self) -> bool:
        """Whether the model can write summaries and reviews."""
        return self._model.is_language_model

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Let the model answer and record what it says."""
        names = Names(request)
        try:
            for piece in self._model.stream(request):
                if isinstance(piece, Reply):
                    self._record(names, piece)
                yield piece
        except CarrelError as error:
            said = {"code": error.code, "message": error.message, "hint": error.hint}
            self._tape.answer(self._lane, names.request(), {"error": said})
            raise

    def _record(self, names: Names, reply: Reply) -> None:
        usage = asdict(reply.usage) if reply.usage else None
        said = {"message": names.recorded(reply.message), "usage": usage, "finish": reply.finish}
        self._tape.answer(self._lane, names.request(), {"reply": said})


class RecordingEmbedder:
    """An embedder whose vectors are recorded."""

    def __init__(self, embedder: Embedder, tape: Tape) -> None:
        self._embedder = embedder
        self._tape = tape

    @property
    def fingerprint(self) -> str:
        """The embedder's own."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._embedder.dimension

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Embed and record."""
        vectors = self._embedder.embed(texts, purpose)
        self._tape.embedder = (self.fingerprint, self.dimension)
        for text, vector in zip(texts, vectors, strict=True):
            self._tape.vector(purpose, text, vector)
        return vectors


class Cassette:
    """What was recorded, to be played back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.missed: list[CassetteMiss] = []
        """What was asked and not found; whoever swallows the error does not hide it."""
        head, *lines = _lines(path)
        self.model_name = str(head.get("model", "recorded"))
        self.embedder = head.get("embedder")
        self._answers: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self._vectors: dict[str, bytes] = {}
        for line in lines:
            if "vector" in line:
                self._vectors[_text_key(line["purpose"], line["text"])] = base64.b64decode(line["vector"])
            else:
                self._answers[line["key"]].append(line)

    def has(self, lane: str) -> bool:
        """Return whether anything was recorded of a lane."""
        return any(entry["lane"] == lane for queue in self._answers.values() for entry in queue)

    def take(self, lane: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the next answer to a request. Raise CassetteMiss, with the difference to the nearest recording."""
        waiting = self._answers.get(key_of(lane, request))
        if waiting:
            return waiting.popleft()
        raise self._miss(request, lane)

    def vector(self, purpose: Purpose, text: str) -> Vectors:
        """Return the vector of a text.

        One that was not recorded is noted as missed, and a vector that is like no other is returned: the request that
        follows will differ too, and tell more.
        """
        packed = self._vectors.get(_text_key(purpose, text))
        if packed is not None:
            return np.frombuffer(packed, "<f4").astype(np.float32)
        said = f"'{self.path}' has no vector of {text[:60]!r}."
        self.missed.append(CassetteMiss(said, "Record it again with --record, or put the story back."))
        return np.zeros(int((self.embedder or {}).get("dimension", 1)), np.float32)

    def _miss(self, request: dict[str, Any], lane: str) -> CassetteMiss:
        left = [entry["request"] for queue in self._answers.values() for entry in queue if entry["lane"] == lane]
        hint = "Record it again with --record, or put the story back."
        if not left:
            said = f"'{self.path}' has no recorded answer left, but the model is asked once more."
        else:
            nearest = max(left, key=lambda known: _likeness(known, request))
            said = f"'{self.path}' has no answer to this request. The nearest recorded one differs:\n" + "\n".join(
                difference(nearest, request)
            )
            said += "\n"
        miss = CassetteMiss(said, hint)
        self.missed.append(miss)
        return miss


class Replayer(InProcessModel):
    """A model that says what was recorded."""

    def __init__(self, cassette: Cassette, lane: str = "agent") -> None:
        self.name = cassette.model_name
        self._cassette = cassette
        self._lane = lane

    @property
    def is_language_model(self) -> bool:
        """Whether the recorded model could write summaries and reviews."""
        return self.name != OFFLINE

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Yield the recorded answer. Raise CassetteMiss, or the error that was recorded."""
        names = Names(request)
        entry = self._cassette.take(self._lane, names.request())
        if "error" in entry:
            raise _error(entry["error"])
        reply = _reply(entry["reply"], names)
        yield from (TextPiece(piece) for piece in pieces(reply.message.text))
        yield reply


class ReplayedEmbedder:
    """An embedder that knows the vectors that were recorded."""

    def __init__(self, cassette: Cassette) -> None:
        known = cassette.embedder or {}
        self.fingerprint = str(known.get("fingerprint", ""))
        self.dimension = int(known.get("dimension", 0))
        self._cassette = cassette

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return the recorded vectors."""
        return np.array([self._cassette.vector(purpose, text) for text in texts], np.float32)


def difference(recorded: dict[str, Any], request: dict[str, Any]) -> list[str]:
    """Return in a few lines how a request differs from a recorded one."""
    before, after = _shown(recorded), _shown(request)
    lines = [line for line in difflib.unified_diff(before, after, "recorded", "asked", n=0, lineterm="")]
    kept = [line if len(line) <= 160 else f"{line[:159]}…" for line in lines if not line.startswith("@@")]
    more = len(kept) - DIFFERENCES
    return kept[:DIFFERENCES] + ([f"… and {more} lines more"] if more > 0 else [])


def _shown(request: dict[str, Any]) -> list[str]:
    """Return a request line by line, each line of a text its own."""
    lines: list[str] = []
    for message in request["messages"]:
        lines += [f"{message['role']}: {line}" for line in str(message["content"]).split("\n")]
        lines += [f"{message['role']} calls {canonical(call['function'])}" for call in message.get("tool_calls", ())]
    lines += [f"tool {canonical(tool)}" for tool in request["tools"]]
    return [*lines, f"max_tokens: {request['max_tokens']}"]


def _likeness(known: dict[str, Any], request: dict[str, Any]) -> float:
    """Return how many lines two requests share, and how alike their last ones are."""
    one, other = _shown(known), _shown(request)
    shared = len(set(one) & set(other)) / max(1, len(set(one) | set(other)))
    return shared + difflib.SequenceMatcher(None, _last(known), _last(request)).quick_ratio()


def _last(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])[:400]


def _text_key(purpose: str, text: str) -> str:
    return hashlib.sha256(f"{purpose}\n{text}".encode()).hexdigest()


def _reply(said: dict[str, Any], names: Names) -> Reply:
    message = from_json(said["message"])
    assert isinstance(message, AssistantMessage)
    calls = tuple(restored_call(call, names) for call in message.calls)
    usage = Usage(**said["usage"]) if said.get("usage") else None
    return Reply(AssistantMessage(names.restored(message.text), calls), usage, said["finish"])


def _error(said: dict[str, Any]) -> CarrelError:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CarrelError)]
    found = next((kind for kind in kinds if kind.code == said["code"]), errors.ModelFailed)
    return found(said["message"], said["hint"])


def _lines(path: Path) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(read_text(path).split("\n"), 1):
        if not text:
            continue
        try:
            lines.append(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise BadFile(f"'{path}', line {number}: not JSON ({error}).", "Record it again with --record.") from None
    if not lines or lines[0].get("schema") != SCHEMA:
        raise BadFile(f"'{path}' is not a cassette.", f"Its first line must say: {SCHEMA}")
    return lines
