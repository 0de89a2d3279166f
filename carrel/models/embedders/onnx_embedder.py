"""Embed with MiniLM on a CPU, on onnxruntime and without torch: half a second to the first vector.

The model is exported from the weights of a pip package at first use and kept in the home's `models/`.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from carrel.errors import NotConfigured
from carrel.imports import importing
from carrel.models.embedders import bert_graph
from carrel.models.embedders.minilm_weights import DIMENSION, FINGERPRINT, WEIGHTS_SHA256, verify_weights
from carrel.protocols import Purpose, Vectors

MAX_WORD_PIECES = 256
"""As many as the model was trained on (its sentence_bert_config.json); longer texts are embedded in chunks."""
BATCH = 16
"""Texts of similar length in one pass: on one core 16 give 145 texts per second, 32 give 116."""


class OnnxEmbedder:
    """Embeds in batches of similar length; loads the model at the first call, and exports it if that was never done.

    `weights` is the folder of MiniLM's weights, `models` that of the exported model, and `threads` 0 for one per core.
    """

    dimension = DIMENSION
    fingerprint = FINGERPRINT
    """The same as on sentence-transformers: the vectors agree to the sixth digit."""

    def __init__(self, weights: Path, models: Path, threads: int = 0) -> None:
        self._weights = weights
        self._path = models / f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:8]}.onnx"
        self._threads = threads
        self._session: Any = None
        self._tokenizer: Any = None

    @property
    def path(self) -> Path:
        """The file of the exported model, whether it exists or not."""
        return self._path

    def export(self) -> bool:
        """Export the model if it is missing, and return whether it was.

        Raises:
            NotConfigured: the weights are not the published ones.
        """
        if self._path.exists():
            return False
        verify_weights(self._weights)
        bert_graph.export(self._weights, self._path)
        return True

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector for each text, shape (texts, 384). Raise NotConfigured as `export` does."""
        tokenizer, session = self.load()
        token_ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))]
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        order = sorted(range(len(token_ids)), key=lambda row: -len(token_ids[row]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = _run(session, [token_ids[row] for row in rows])
        return vectors

    def load(self) -> tuple[Any, Any]:
        """Return the tokenizer and the onnxruntime session, which are loaded at the first call."""
        if self._session is None:
            self._tokenizer = self._load_tokenizer()
            self._session = self._open_session()
        return self._tokenizer, self._session

    def _load_tokenizer(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the tokenizer warns after a fork otherwise
        with importing("tokenizers"):
            from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._weights / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_WORD_PIECES)
        return tokenizer

    def _open_session(self) -> Any:
        """Open the exported model; export it if it is missing, and once again if its file is damaged."""
        with importing("onnxruntime"):
            from onnxruntime.capi import onnxruntime_pybind11_state as state

        damaged = (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.RuntimeException, state.InvalidArgument)
        try:
            self.export()
            try:
                return self._open(self._path)
            except damaged:
                self._path.unlink()
                self.export()
                return self._open(self._path)
        except OSError:
            return self._open_temporary()

    def _open(self, path: Path) -> Any:
        with importing("onnxruntime"):
            from onnxruntime import InferenceSession, SessionOptions

        return InferenceSession(str(path), self._set(SessionOptions()), providers=["CPUExecutionProvider"])

    def _open_temporary(self) -> Any:
        """Open a model that is exported for this process alone: `models` cannot be written. Raise NotConfigured."""
        try:
            with tempfile.TemporaryDirectory(prefix="carrel-model-") as folder:
                path = Path(folder) / self._path.name
                bert_graph.export(self._weights, path)
                return self._open(path)
        except OSError as error:
            problem = f"The embedding model cannot be written to '{self._path.parent}': {error.strerror}."
            raise NotConfigured(problem, "Make room for it, or search by words: set embedder = none.") from None

    def _set(self, options: Any) -> Any:
        options.intra_op_num_threads = self._threads or _cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return options


def _run(session: Any, batch: Sequence[Sequence[int]]) -> Vectors:
    """Embed one batch of token ids, the longest text first."""
    ids = np.zeros((len(batch), len(batch[0])), np.int32)
    mask = np.zeros_like(ids)
    for row, text_ids in enumerate(batch):
        ids[row, : len(text_ids)] = text_ids
        mask[row, : len(text_ids)] = 1
    vectors: Vectors = session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]
    return vectors


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
