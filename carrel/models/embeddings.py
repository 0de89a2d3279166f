"""Choose an embedder by its name."""

from carrel.errors import NotConfigured
from carrel.models.minilm import DIMENSION, FINGERPRINT, verify_weights, weights_folder
from carrel.models.remote_embeddings import RemoteEmbedder
from carrel.models.sentence_transformer import SentenceTransformerEmbedder
from carrel.protocols import Embedder

NAMES = "local, none, st:NAME-OR-FOLDER, remote:MODEL"


def embedder_named(name: str, device: str, url: str, key: str) -> Embedder | None:
    """Return the embedder that a name means; None for `none`. Raise NotConfigured.

    `local` is MiniLM on this machine, `st:` any sentence-transformers model, `remote:` a model behind an
    OpenAI-compatible `/v1/embeddings` at `url`.
    """
    kind, _, rest = name.partition(":")
    if name == "none":
        return None
    if name == "local":
        return local_embedder(device)
    if kind == "st" and rest:
        return SentenceTransformerEmbedder(rest, device=device)
    if kind == "remote" and rest:
        return RemoteEmbedder(rest, url, key)
    raise NotConfigured(f"Embedder '{name}' is unknown.", f"It is one of {NAMES}.")


def local_embedder(device: str = "auto") -> Embedder:
    """Return MiniLM, its weights verified when it loads. Raise NotConfigured where they are not installed."""
    folder = weights_folder()

    def check() -> None:
        verify_weights(folder)

    return SentenceTransformerEmbedder(str(folder), FINGERPRINT, DIMENSION, device, check)
