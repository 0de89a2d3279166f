"""OpenAI's tokenizers, read from files that are already there."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import tiktoken

from carrel.models.tokens.tiktoken_counter import CL100K, O200K, BpeFile, TiktokenCounter, load_encoding


def test_tiktoken_counts_special_tokens_as_text(toy_ranks: dict[bytes, int]) -> None:
    """What looks like a special token is counted letter by letter and raises nothing."""
    special = {"<|endoftext|>": 257}
    encoding = tiktoken.Encoding("toy", pat_str=r"\S+|\s+", mergeable_ranks=toy_ranks, special_tokens=special)
    counter = TiktokenCounter(encoding)
    assert [counter.count(text) for text in ("", "ab", "abc ", "<|endoftext|>", "é")] == [0, 1, 3, 13, 2]
    assert counter.exact


def test_a_file_is_loaded_as_tiktoken_would(toy: BpeFile, tmp_path: Path) -> None:
    """A tokenizer that is read from its file counts by its pairs."""
    encoding = load_encoding(toy, tmp_path)
    assert encoding is not None
    assert TiktokenCounter(encoding, exact=False).count("ab, abc") == 5


def test_a_file_that_is_missing_or_damaged_is_left_alone(toy: BpeFile, tmp_path: Path) -> None:
    """Without a good file there is no tokenizer; nothing is downloaded or removed."""
    assert load_encoding(replace(toy, sha256="0" * 64), tmp_path) is None
    assert load_encoding(replace(toy, url="elsewhere"), tmp_path) is None
    assert (tmp_path / toy.filename).exists()


def test_files_have_the_names_that_tiktoken_gives_them() -> None:
    """The names in TIKTOKEN_CACHE_DIR are those that tiktoken itself would look for."""
    assert O200K.filename == "fb374d419588a4632f3f557e76b4b70aebbca790"
    assert CL100K.filename == "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"


def test_patterns_and_sums_are_those_of_tiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is copied from tiktoken is what tiktoken has."""
    public = import_module("tiktoken_ext.openai_public")
    fetched: list[tuple[str, str]] = []

    def record(url: str, expected_hash: str) -> dict[bytes, int]:
        fetched.append((url, expected_hash))
        return {}

    monkeypatch.setattr(public, "load_tiktoken_bpe", record)
    patterns = [public.o200k_base()["pat_str"], public.cl100k_base()["pat_str"]]
    assert patterns == [O200K.pattern, CL100K.pattern]
    assert fetched == [(O200K.url, O200K.sha256), (CL100K.url, CL100K.sha256)]
