"""The ONNX graph of a BERT encoder."""

import json
from pathlib import Path

import pytest

from carrel.errors import NotConfigured
from carrel.models.embedders.bert_graph import export


def test_export_refuses_other_kinds_of_model(tmp_path: Path) -> None:
    """Only what the graph can stand for is exported."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5", "hidden_act": "relu"}), encoding="utf-8")

    with pytest.raises(NotConfigured, match="not a BERT encoder"):
        export(tmp_path, tmp_path / "model.onnx")
