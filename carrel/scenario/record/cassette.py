"""The cassette file: a model's replies and an embedder's vectors, recorded for replay without either.

One JSON object a line. The first names the schema, the model and the embedder. Then follow each reply under the hash of
its request, and each vector under its text. Requests are recorded as Carrel's own `Request`, so headers and keys do not
reach the file; a cassette with a text that looks like a key is not written.
"""

import base64
import hashlib
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from carrel.errors import BadFile, CassetteMiss, UsageError
from carrel.formats.files import read_json_lines
from carrel.keys import find_key
from carrel.messages import canonical
from carrel.protocols import Purpose, Vectors
from carrel.rendering.prompt import normalise_tags
from carrel.scenario.record.request_diff import diff_requests, similarity

SCHEMA = "carrel/cassette@1"
RECORD_AGAIN = "Record it again with --record, or restore the scenario."


@dataclass(slots=True)
class CassetteWriter:
    """A cassette that is being recorded."""

    model: str
    """The model's name."""
    configured_key: str = ""
    """The API key of the connection, which must not occur in the file."""
    embedder: tuple[str, int] | None = None
    """Fingerprint and dimension."""
    lines: list[dict[str, Any]] = field(default_factory=list)
    _texts: set[str] = field(default_factory=set)

    def add_reply(self, lane: str, request: dict[str, Any], reply: dict[str, Any]) -> None:
        """Record a reply or an error; the lane is `agent` or `judge`."""
        self.lines.append({"lane": lane, "key": _hash_request(lane, request), "request": request, **reply})

    def add_vector(self, purpose: Purpose, text: str, vector: Vectors) -> None:
        """Record a text's vector, once."""
        key = _hash_text(purpose, text)
        if key not in self._texts:
            self._texts.add(key)
            packed = base64.b64encode(vector.astype("<f4").tobytes()).decode()
            self.lines.append({"text": text, "purpose": purpose, "vector": packed})

    def save(self, path: Path) -> None:
        """Write the file. Raise UsageError, and write nothing, if it would contain a key."""
        head: dict[str, Any] = {"schema": SCHEMA, "model": self.model}
        if self.embedder:
            head["embedder"] = {"fingerprint": self.embedder[0], "dimension": self.embedder[1]}
        body = "".join(canonical(line) + "\n" for line in [head, *self.lines])
        if found := find_key(body, self.configured_key):
            problem = f"Cassette '{path}' would contain a text that looks like a key: {found[:6]}…"
            raise UsageError(f"{problem}. Nothing was written.", "Remove the key from the scenario.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


class Cassette:
    """A recorded cassette; each reply is given out once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.misses: list[CassetteMiss] = []
        """Requests and texts that were not found, so that no caller can hide them by catching the error."""
        head, *lines = _read_lines(path)
        self.model_name = str(head.get("model", "recorded"))
        self.embedder = head.get("embedder")
        """Fingerprint and dimension of the recorded embedder; None if no vectors were recorded."""
        self._replies: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self._vectors: dict[str, bytes] = {}
        for line in lines:
            if "vector" in line:
                self._vectors[_hash_text(line["purpose"], line["text"])] = base64.b64decode(line["vector"])
            else:
                request = json.loads(normalise_tags(canonical(line["request"])))  # recorded by an older version
                self._replies[_hash_request(line["lane"], request)].append({**line, "request": request})

    def has_lane(self, lane: str) -> bool:
        """Return whether replies of a lane are left."""
        return any(entry["lane"] == lane for queue in self._replies.values() for entry in queue)

    def take_reply(self, lane: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the next reply to a request. Raise CassetteMiss, with a diff to the most similar recorded request."""
        waiting = self._replies.get(_hash_request(lane, request))
        if waiting:
            return waiting.popleft()
        raise self._miss(request, lane)

    def vector(self, purpose: Purpose, text: str) -> Vectors:
        """Return the vector of a text.

        If it was not recorded, this is added to `misses` and a zero vector is returned: the next request will be a miss
        too, and its diff says more.
        """
        packed = self._vectors.get(_hash_text(purpose, text))
        if packed is not None:
            return np.frombuffer(packed, "<f4").astype(np.float32)
        self.misses.append(CassetteMiss(f"'{self.path}' has no vector of {text[:60]!r}.", RECORD_AGAIN))
        return np.zeros(int((self.embedder or {}).get("dimension", 1)), np.float32)

    def _miss(self, request: dict[str, Any], lane: str) -> CassetteMiss:
        left = [entry["request"] for queue in self._replies.values() for entry in queue if entry["lane"] == lane]
        if not left:
            problem = f"'{self.path}' has no more replies, but another request was made."
        else:
            nearest = max(left, key=lambda known: similarity(known, request))
            diff = "\n".join(diff_requests(nearest, request))
            problem = (
                f"'{self.path}' has no reply to this request. The most similar recorded request differs:\n{diff}\n"
            )
        miss = CassetteMiss(problem, RECORD_AGAIN)
        self.misses.append(miss)
        return miss


def _hash_request(lane: str, request: dict[str, Any]) -> str:
    """Return the hash under which a request is recorded; the lane separates the judge from the agent's model."""
    return hashlib.sha256(f"{lane}\n{canonical(request)}".encode()).hexdigest()


def _hash_text(purpose: str, text: str) -> str:
    return hashlib.sha256(f"{purpose}\n{text}".encode()).hexdigest()


def _read_lines(path: Path) -> list[dict[str, Any]]:
    lines = [line for _, line in read_json_lines(path, "Record it again with --record.")]
    if not lines or lines[0].get("schema") != SCHEMA:
        raise BadFile(f"'{path}' is not a cassette.", f"Its first line must contain the schema {SCHEMA}.")
    return lines
