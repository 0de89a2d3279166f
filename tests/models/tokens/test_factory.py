"""Each model is counted by the best counter that this machine has for it."""

from pathlib import Path

import pytest

from carrel.models.tokens import factory
from carrel.models.tokens.estimator import Estimator
from carrel.models.tokens.factory import create_token_counter, tokenizer_file
from carrel.models.tokens.tiktoken_counter import CL100K, O200K, BpeFile


def test_a_tokenizer_on_this_machine_is_used(toy: BpeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the tokenizer's file in place, counts are its own, and exact for OpenAI's models only."""
    monkeypatch.setattr(factory, "O200K", toy)
    own, other = create_token_counter("gpt-5-mini", tmp_path), create_token_counter("llama3.2", tmp_path)
    assert [own.count("ab, abc"), own.exact] == [5, True]
    assert [other.count("ab, abc"), other.exact] == [5, False]


def test_without_a_tokenizer_there_is_an_estimate(tmp_path: Path) -> None:
    """Without a folder, or without the file in it, tokens are estimated."""
    for place in (None, tmp_path, tmp_path / "missing"):
        assert isinstance(create_token_counter("gpt-5-mini", place), Estimator)


@pytest.mark.parametrize(
    ("model", "file", "exact"),
    [
        ("gpt-5-mini", O200K, True),
        ("gpt-4o-2024-05-13", O200K, True),
        ("gpt-4.1", O200K, True),
        ("o3", O200K, True),
        ("gpt-4-turbo", CL100K, True),
        ("gpt-3.5-turbo", CL100K, True),
        ("qwen3:8b", O200K, False),
        ("", O200K, False),
    ],
)
def test_each_model_has_its_tokenizer(model: str, file: BpeFile, exact: bool) -> None:
    """OpenAI's models have their own tokenizer, all others o200k as the nearest guess."""
    assert tokenizer_file(model) == (file, exact)
