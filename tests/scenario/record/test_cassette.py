"""The cassette file: what it refuses to write, what it refuses to read, what it says of a miss."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from carrel.errors import BadFile, CassetteMiss, UsageError
from carrel.scenario.record.cassette import Cassette, CassetteWriter


def request(text: str) -> dict[str, Any]:
    """Return a request in its recorded form."""
    return {"messages": [{"role": "user", "content": text}], "tools": [], "max_tokens": 100}


def saved(path: Path, *texts: str) -> Cassette:
    """Return a cassette with one reply to each request."""
    writer = CassetteWriter("m", embedder=("toy@3", 3))
    for text in texts:
        writer.add_reply("agent", request(text), {"reply": {"text": f"re: {text}"}})
        writer.add_vector("document", text, np.array([1, 0, len(text)], np.float32))
    writer.save(path)
    return Cassette(path)


def test_replies_come_back_in_order(tmp_path: Path) -> None:
    """Equal requests get their replies in the order of recording, each once; lanes are separate; vectors are exact."""
    cassette = saved(tmp_path / "c.jsonl", "Hi.", "你好。", "Hi.")
    assert (cassette.model_name, cassette.embedder) == ("m", {"fingerprint": "toy@3", "dimension": 3})
    assert (cassette.has_lane("agent"), cassette.has_lane("judge")) == (True, False)
    assert cassette.take_reply("agent", request("你好。"))["reply"] == {"text": "re: 你好。"}
    assert [cassette.take_reply("agent", request("Hi."))["reply"] for _ in range(2)] == [{"text": "re: Hi."}] * 2
    assert cassette.vector("document", "Hi.").tolist() == [1, 0, 3]
    with pytest.raises(CassetteMiss, match="has no more replies, but another request was made"):
        cassette.take_reply("agent", request("Hi."))


def test_a_miss_shows_the_most_similar_request(tmp_path: Path) -> None:
    """Of what was recorded the nearest is compared, line by line, and the miss is kept for whoever asks later."""
    cassette = saved(tmp_path / "c.jsonl", "I keep bees.\nAnd cats.", "Something else")
    with pytest.raises(CassetteMiss) as caught:
        cassette.take_reply("agent", request("I keep bees.\nAnd dogs."))
    assert "-user: And cats.\n+user: And dogs.\n" in caught.value.message
    assert caught.value.hint == "Record it again with --record, or restore the scenario."
    assert cassette.misses == [caught.value]


def test_cassettes_of_older_versions_replay(tmp_path: Path) -> None:
    """A request recorded with the tag of an older version is found by the same request with the tag of today."""
    writer = CassetteWriter("m")
    writer.add_reply("agent", request("你好。\n\n<desk>\nNow: Monday\n</desk>"), {"reply": {"text": "Hello."}})
    writer.save(tmp_path / "c.jsonl")
    found = Cassette(tmp_path / "c.jsonl").take_reply("agent", request("你好。\n\n<context>\nNow: Monday\n</context>"))
    assert found["reply"] == {"text": "Hello."}


def test_a_missing_vector_is_noted(tmp_path: Path) -> None:
    """A text that was not embedded when recording gets a zero vector, and the miss is kept."""
    cassette = saved(tmp_path / "c.jsonl", "Hi.")
    assert cassette.vector("query", "Hi.").tolist() == [0, 0, 0]
    assert [str(miss).partition(". ")[0] for miss in cassette.misses] == [
        f"'{tmp_path}/c.jsonl' has no vector of 'Hi.'"
    ]


@pytest.mark.network
@pytest.mark.parametrize("text", ["My key is secret-of-the-house.", "sk-abcdefghijklmnop1234", "AKIAABCDEFGHIJKLMNOP"])
def test_a_key_is_never_stored(tmp_path: Path, text: str) -> None:
    """A cassette that would contain the configured key, or one of a known form, is not written."""
    writer = CassetteWriter("m", "secret-of-the-house")
    writer.add_reply("agent", request(text), {"reply": {}})
    with pytest.raises(UsageError, match=r"looks like a key: .*Nothing was written\. Remove the key"):
        writer.save(tmp_path / "c.jsonl")
    assert not (tmp_path / "c.jsonl").exists()


@pytest.mark.parametrize("content", ["", "{}\n", "not json\n", '{"schema": "carrel/cassette@2"}\n'])
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    """A file of another kind is refused with what its first line must contain, or the line that cannot be read."""
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    with pytest.raises(BadFile, match=r"x\.jsonl"):
        Cassette(path)
