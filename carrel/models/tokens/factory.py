"""Choose the token counter for a model by its name."""

from pathlib import Path

from carrel.models.tokens.estimator import Estimator
from carrel.models.tokens.tiktoken_counter import CL100K, O200K, BpeFile, TiktokenCounter, load_encoding
from carrel.protocols import TokenCounter

_O200K_MODELS = ("gpt-5", "gpt-4.1", "gpt-4.5", "gpt-4o", "gpt-oss", "chatgpt-4o", "o1", "o3", "o4")
_CL100K_MODELS = ("gpt-4", "gpt-3.5", "gpt-35")


def create_token_counter(model_name: str, cache_dir: Path | None) -> TokenCounter:
    """Return the best counter for a model that works without a network.

    `cache_dir` is tiktoken's TIKTOKEN_CACHE_DIR. If the tokenizer's file is not there, or differs from the published
    one, the counter is an Estimator. Another maker's model is counted with o200k, and the counter is not `exact`.
    """
    file, exact = tokenizer_file(model_name)
    encoding = load_encoding(file, cache_dir) if cache_dir else None
    return TiktokenCounter(encoding, exact) if encoding else Estimator(model_name)


def tokenizer_file(model_name: str) -> tuple[BpeFile, bool]:
    """Return the file of a model's tokenizer, and whether it is the model's own or only the nearest guess."""
    if model_name.startswith(_O200K_MODELS):
        return O200K, True
    if model_name.startswith(_CL100K_MODELS):
        return CL100K, True
    return O200K, False
