"""Choose an embedder by its name."""

from importlib.util import find_spec
from pathlib import Path

from carrel.errors import NotConfigured
from carrel.models.embedders.minilm import DIMENSION, FINGERPRINT, verify_weights, weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder
from carrel.models.embedders.remote import RemoteEmbedder
from carrel.models.embedders.sentence_transformer import SentenceTransformerEmbedder, chosen_device
from carrel.protocols import Embedder

NAMES = "local, none, st:NAME-OR-FOLDER, remote:MODEL"
_NVIDIA = Path("/proc/driver/nvidia/version")


def embedder_named(name: str, device: str, models: Path, url: str, key: str) -> Embedder | None:
    """Return the embedder that a name means; None for `none`. Raise NotConfigured.

    `local` is MiniLM on this machine, `st:` any sentence-transformers model, `remote:` a model behind an
    OpenAI-compatible `/v1/embeddings` at `url`.
    """
    kind, _, rest = name.partition(":")
    if name == "none":
        return None
    if name == "local":
        return local_embedder(device, models)
    if kind == "st" and rest:
        return SentenceTransformerEmbedder(rest, device=device)
    if kind == "remote" and rest:
        return RemoteEmbedder(rest, url, key)
    raise NotConfigured(f"Embedder '{name}' is unknown.", f"It is one of {NAMES}.")


def local_embedder(device: str, models: Path) -> Embedder:
    """Return MiniLM: by sentence-transformers on a GPU, by onnxruntime on a CPU. Raise NotConfigured."""
    weights = weights_folder()
    if device == "cpu" or (device == "auto" and not _may_have_gpu()):
        return OnnxEmbedder(weights, models)
    if device == "auto" and chosen_device() == "cpu":
        return OnnxEmbedder(weights, models)

    def check() -> None:
        verify_weights(weights)

    return SentenceTransformerEmbedder(str(weights), FINGERPRINT, DIMENSION, device, check)


def _may_have_gpu() -> bool:
    """Look for a GPU without importing torch, which takes seconds; a Mac may always have one."""
    import platform

    return _NVIDIA.exists() or (platform.system() == "Darwin" and find_spec("torch") is not None)
