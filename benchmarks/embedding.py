"""How fast Carrel embeds, against the bare runtime on the same texts, and how long a new process takes to the first.

python -m benchmarks.embedding
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import show, timed
from benchmarks.texts import messages
from carrel.config import load
from carrel.memory.indexing.embedding import Embedding
from carrel.models.embedders.factory import create_local
from carrel.models.embedders.onnx_embedder import BATCH, OnnxEmbedder
from carrel.protocols import Embedder

COLD = (
    "from pathlib import Path; from carrel.models.embedders.factory import create_local; import sys, time;"
    "create_local(sys.argv[1], Path(sys.argv[2])).embed(['hello']); print(time.process_time())"
)


def bare_onnx(embedder: OnnxEmbedder, texts: list[str]) -> None:
    """Tokenize and run the session on the same length-sorted batches, and nothing else."""
    tokenizer, session = embedder.load()
    ids = sorted((encoding.ids for encoding in tokenizer.encode_batch_fast(texts)), key=len, reverse=True)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        pieces = np.zeros((len(batch), len(batch[0])), np.int32)
        mask = np.zeros_like(pieces)
        for row, found in enumerate(batch):
            pieces[row, : len(found)], mask[row, : len(found)] = found, 1
        session.run(["vectors"], {"input_ids": pieces, "attention_mask": mask})


def bare_torch(embedder: Any, texts: list[str], batch: int) -> None:
    """Run the bare model's forward pass on the same length-sorted batches, without Carrel."""
    import torch

    model = embedder.load()
    ordered = sorted(texts, key=len, reverse=True)
    with torch.inference_mode():
        for start in range(0, len(ordered), batch):
            features = model.tokenize(ordered[start : start + batch])
            model({name: value.to(model.device) for name, value in features.items()})["sentence_embedding"].cpu()


def measure(embedder: Embedder, device: str, count: int, rounds: int) -> dict[str, Any]:
    """Alternate Carrel and the bare runtime on the same texts, and keep the best round of each."""
    texts = [message.text for message in messages(count)]
    embedding = Embedding(embedder)
    embedding.embed_documents(texts[:64])
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(timed(lambda: embedding.embed_documents(texts)))
        if isinstance(embedder, OnnxEmbedder):
            bare.append(timed(lambda: bare_onnx(embedder, texts)))
        else:
            bare.append(timed(lambda: bare_torch(embedder, texts, 512 if device == "cuda" else 32)))
    return {
        "device": device,
        "texts": count,
        "texts_per_s": round(count / min(ours), 1),
        "bare_texts_per_s": round(count / min(bare), 1),
        "ratio": round(min(bare) / min(ours), 3),
    }


def cold_start(device: str, models: Path) -> tuple[float, float]:
    """Return the seconds of wall clock and of CPU that a new process needs to its first vector."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", COLD, device, str(models)], capture_output=True, text=True, check=True)
    return round(time.perf_counter() - start, 2), round(float(done.stdout.split()[-1]), 2)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    models = load().home / "models"
    embedder = create_local(options.device, models)
    device = "cpu" if isinstance(embedder, OnnxEmbedder) else str(embedder.device)  # type: ignore[attr-defined]
    result = measure(embedder, device, options.texts, options.rounds)
    wall, cpu = cold_start(options.device, models)
    show("embedding", {**result, "cold_start_s": wall, "cold_start_cpu_s": cpu}, options.json)


if __name__ == "__main__":
    main()
