"""Records of asides that survive an interrupted run."""

from pathlib import Path

from carrel.scenario.record.aside_cache import AsideCache


def test_an_interrupted_run_is_resumed(tmp_path: Path) -> None:
    """Each record is on disk at once; a line that was cut off is ignored; only reused records are counted."""
    path = tmp_path / "out" / "answers.jsonl"
    first = AsideCache(path)
    first["a"] = {"reply": "猫"}
    first["b"] = {"reply": "x"}
    assert (first["a"], first.reused) == ({"reply": "猫"}, 0)
    path.write_text(path.read_text(encoding="utf-8") + '{"key": "c", "rec', encoding="utf-8")
    second = AsideCache(path)
    assert (dict(second), second.reused) == ({"a": {"reply": "猫"}, "b": {"reply": "x"}}, 0)
    assert (second["a"], second["a"], second.reused) == ({"reply": "猫"}, {"reply": "猫"}, 1)
