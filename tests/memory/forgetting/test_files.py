"""The scan sees each byte of a home, in any case and coding; logs lose the entries that say what is forgotten."""

from pathlib import Path
from urllib.parse import quote

import pytest

from carrel.memory.forgetting import files
from carrel.memory.forgetting.files import clean_logs, copies, scan
from carrel.memory.phrases import Needles


@pytest.mark.parametrize(
    ("content", "times"),
    [
        (b"nothing", 0),
        (b"a Zorblax and a zorblax", 2),
        (b"ZORBLAX", 1),
        ("zorblax".encode("utf-16-le"), 1),
        ("Zorblax".encode("utf-16-be"), 1),
        (b"\x00\xffzorblax\x00", 1),
        (b"/search?q=Zorblax+one", 1),
    ],
)
def test_each_byte_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, times: int) -> None:
    """Wherever a text stands in a file, also over the edge of two chunks, it is counted once."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.bin").write_bytes(content)
    (tmp_path / "packed.zip").write_bytes(b"PK")
    for chunk in (1 << 20, 5, 3):
        monkeypatch.setattr(files, "CHUNK", chunk)
        report = scan(tmp_path, ["Zorblax"])
        assert report.found == ({"sub/a.bin": times} if times else {})
        assert (report.files, report.bytes, report.unseen) == (2, len(content) + 2, ("packed.zip",))


@pytest.mark.parametrize("content", ["猎人二号", "\\u730e\\u4eba\\u4e8c\\u53f7", quote("猎人二号")])
def test_other_scripts_are_seen(tmp_path: Path, content: str) -> None:
    """As they are, and escaped as in JSON."""
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    assert scan(tmp_path, ["猎人二号"]).found == {"a.json": 1}
    assert scan(tmp_path, ["ÉTÉ"]).found == {}


def test_copies_are_what_is_no_part_of_memory(tmp_path: Path) -> None:
    """The database with its journals, the index and the models are not copies; backups and exports are."""
    for name in ("carrel.db", "carrel.db-wal", "index/g1/a", "models/m", "backups/b.db", "out.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("zorblax", encoding="utf-8")
    (tmp_path / "about-Zorblax.txt").touch()
    assert copies(tmp_path, ["zorblax"]) == ["backups/b.db", "out.csv"]
    assert copies(tmp_path, [], "zorblax") == ["about-Zorblax.txt"]
    assert scan(tmp_path / "backups", ["zorblax"]).is_found


def test_logs_lose_entries(tmp_path: Path) -> None:
    """An entry of the chat's history may have several lines; without a hit nothing is written."""
    history = tmp_path / "history"
    history.write_text("\n# 1\n+one\n+two zorblax\n\n# 2\n+three\n", encoding="utf-8")
    assert clean_logs(tmp_path, Needles(words=frozenset({"zorblax"}))) == 1
    assert history.read_text(encoding="utf-8") == "\n# 2\n+three\n"
    before = history.stat().st_mtime_ns
    assert clean_logs(tmp_path, Needles(words=frozenset({"zorblax"}))) == 0
    assert history.stat().st_mtime_ns == before
