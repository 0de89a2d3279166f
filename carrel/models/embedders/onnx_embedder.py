"""MiniLM on a CPU by onnxruntime: half a second to the first vector, without torch.

The model is written from the weights of the pip package at first use and kept in the home's `models/`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from carrel.models.embedders.bert_graph import export
from carrel.models.embedders.minilm import DIMENSION, FINGERPRINT, WEIGHTS_SHA256, verify_weights
from carrel.protocols import Purpose, Vectors

MAX_PIECES = 256
"""What the model was trained to read (its sentence_bert_config.json); longer texts come in pieces."""
BATCH = 16
"""Texts of similar length in one pass; on one core 16 give 145 texts a second, 32 give 116."""


class OnnxEmbedder:
    """Exports the model at the first call if need be, then embeds batches sorted by length."""

    dimension = DIMENSION
    fingerprint = FINGERPRINT
    """That of the weights: the vectors are those of sentence-transformers to the sixth digit."""

    def __init__(self, weights: Path, models: Path, threads: int = 0) -> None:
        self._weights = weights
        self._path = models / f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:8]}.onnx"
        self._threads = threads
        self._session: Any = None
        self._tokenizer: Any = None

    @property
    def path(self) -> Path:
        """Where the exported model is, or will be."""
        return self._path

    def optimize(self) -> bool:
        """Export the model where it is missing; return whether it was. Raise NotConfigured for foreign weights."""
        if self._path.exists():
            return False
        verify_weights(self._weights)
        export(self._weights, self._path)
        return True

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text, shape (texts, 384)."""
        if self._session is None:
            self._load()
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        order = sorted(range(len(pieces)), key=lambda row: -len(pieces[row]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._run([pieces[row] for row in rows])
        return vectors

    def _load(self) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else the tokenizer warns after a fork
        import onnxruntime
        from tokenizers import Tokenizer

        self.optimize()
        tokenizer = Tokenizer.from_file(str(self._weights / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_PIECES)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads or _cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._tokenizer = tokenizer
        self._session = self._opened(options)

    def _opened(self, options: Any) -> Any:
        """Open the model; one that was damaged on the disk is written anew, once."""
        from onnxruntime import InferenceSession
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        damaged = (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.RuntimeException, state.InvalidArgument)
        try:
            return InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])
        except damaged:
            self._path.unlink()
            self.optimize()
            return InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """Embed one batch, its longest text first."""
        ids = np.zeros((len(batch), len(batch[0])), np.int32)
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(batch):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        vectors: Vectors = self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
