"""Models that replay a cassette: replies, errors and vectors as they were recorded."""

from pathlib import Path

import numpy as np
import pytest

from carrel.errors import CarrelError, CassetteMiss, ModelFailed, RateLimited
from carrel.messages import UserMessage
from carrel.models.chat.scripted import Item, ScriptedModel, call, calls, say
from carrel.protocols import Reply, Request, TextPiece
from carrel.scenario.record.cassette import Cassette, CassetteWriter
from carrel.scenario.record.recording import RecordingModel
from carrel.scenario.record.replay import ReplayEmbedder, ReplayModel

HELLO = Request((UserMessage("你好"),))
SAID = calls(say("Let me see."), call("archival_search", query="茶"))


def recorded(path: Path, *replies: Item) -> Cassette:
    """Record these replies to one request and return the cassette."""
    writer = CassetteWriter("big", embedder=("toy@3", 3))
    model = RecordingModel(ScriptedModel(list(replies)), writer)
    for _ in replies:
        try:
            list(model.stream(HELLO))
        except CarrelError:
            continue
    writer.add_vector("query", "茶", np.array([1, 0, 0], np.float32))
    writer.save(path)
    return Cassette(path)


def test_a_reply_comes_in_pieces_and_whole(tmp_path: Path) -> None:
    """Text, calls and finish as they were; the model has the recorded one's name."""
    model = ReplayModel(recorded(tmp_path / "c.jsonl", SAID))
    *pieces, reply = model.stream(HELLO)
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)) == "Let me see."
    assert (reply.message.text, [(c.name, c.arguments) for c in reply.message.calls]) == (
        SAID.text,
        [(c.name, c.arguments) for c in SAID.calls],
    )
    assert (model.name, model.is_language_model, reply.finish) == ("big", True, "tool_calls")


def test_an_error_is_raised_as_it_was(tmp_path: Path) -> None:
    """Of the same kind, with message and hint; one of a kind that is gone is a failure of the model."""
    cassette = recorded(tmp_path / "c.jsonl", RateLimited("Slow down.", "Wait."))
    with pytest.raises(RateLimited) as caught:
        list(ReplayModel(cassette).stream(HELLO))
    assert (caught.value.message, caught.value.hint) == ("Slow down.", "Wait.")
    path = tmp_path / "c.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("rate_limited", "of_old"), encoding="utf-8")
    with pytest.raises(ModelFailed, match="Slow down"):
        list(ReplayModel(Cassette(path)).stream(HELLO))


def test_what_was_not_recorded_is_a_miss(tmp_path: Path) -> None:
    """Another request, and another lane."""
    cassette = recorded(tmp_path / "c.jsonl", SAID)
    with pytest.raises(CassetteMiss):
        list(ReplayModel(cassette).stream(Request((UserMessage("Bye"),))))
    with pytest.raises(CassetteMiss):
        list(ReplayModel(cassette, "judge").stream(HELLO))


def test_vectors_are_those_of_the_recorded_embedder(tmp_path: Path) -> None:
    """With its fingerprint and dimension; a text that it never saw gets a zero vector."""
    embedder = ReplayEmbedder(recorded(tmp_path / "c.jsonl", SAID))
    assert (embedder.fingerprint, embedder.dimension) == ("toy@3", 3)
    assert embedder.embed(["茶", "咖啡"], "query").tolist() == [[1, 0, 0], [0, 0, 0]]
