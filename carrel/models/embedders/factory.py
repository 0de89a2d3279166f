"""Create an embedder from the name that the settings give it."""

import platform
from importlib.util import find_spec
from pathlib import Path

from carrel.errors import NotConfigured
from carrel.models.embedders.minilm_weights import DIMENSION, FINGERPRINT, verify_weights, weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder
from carrel.models.embedders.openai_embedder import OpenAIEmbedder
from carrel.models.embedders.sentence_transformer_embedder import SentenceTransformerEmbedder, best_device
from carrel.protocols import Embedder

NAMES = "local, none, st:NAME-OR-FOLDER, remote:MODEL"
_NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")


def create_by_name(name: str, *, device: str, models: Path, url: str, key: str) -> Embedder | None:
    """Return the embedder with a name, or None for `none`.

    `local` is MiniLM on this machine, with its exported model in the folder `models`; `st:` is any
    sentence-transformers model; `remote:` is a model behind an OpenAI-compatible `/v1/embeddings` at `url`.

    Raises:
        NotConfigured: there is no such name, or the weights of `local` are not installed.
    """
    kind, _, rest = name.partition(":")
    if name == "none":
        return None
    if name == "local":
        return create_local(device, models)
    if kind == "st" and rest:
        return SentenceTransformerEmbedder(rest, device=device)
    if kind == "remote" and rest:
        return OpenAIEmbedder(rest, url, key)
    raise NotConfigured(f"Embedder '{name}' is unknown.", f"Set 'embedder' to one of: {NAMES}.")


def create_local(device: str, models: Path) -> Embedder:
    """Return MiniLM: on sentence-transformers where there is a GPU, else on onnxruntime.

    Raises:
        NotConfigured: the weights are not installed.
    """
    weights = weights_folder()
    if device == "cpu" or (device == "auto" and not (_may_have_gpu() and best_device() != "cpu")):
        return OnnxEmbedder(weights, models)

    def check() -> None:
        verify_weights(weights)

    return SentenceTransformerEmbedder(str(weights), FINGERPRINT, DIMENSION, device, check)


def _may_have_gpu() -> bool:
    """Look for a GPU without importing torch, which takes seconds; any Mac with torch may have one."""
    return _NVIDIA_DRIVER.exists() or (platform.system() == "Darwin" and find_spec("torch") is not None)
