"""Import heavy packages one thread at a time.

Two threads that import packages which share a dependency (`openai` and `chromadb` share httpx) can see it half
initialized: Python lets one of them go on rather than let both wait for each other.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAVY = frozenset(
    {
        "chromadb",
        "httpx",
        "httpx2",
        "mcp",
        "onnx",
        "onnxruntime",
        "openai",
        "sentence_transformers",
        "tiktoken",
        "tokenizers",
        "torch",
    }
)
"""The packages that are imported at first use, and only inside `importing`."""

_lock = threading.RLock()


@contextmanager
def importing(*names: str) -> Iterator[None]:
    """Hold the import lock for a block of import statements, unless the packages they import are loaded already."""
    if all(map(_is_loaded, names)):
        yield
        return
    with _lock:
        yield


def _is_loaded(name: str) -> bool:
    module = sys.modules.get(name)
    return module is not None and not getattr(module.__spec__, "_initializing", False)
