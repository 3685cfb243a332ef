"""Trained weights -> the reader's folder, as the project ships it.

    python -m qa.lab.train.export runs/a/average

Then `python -m qa.lab.fit.threshold` sets its threshold and slack, and `python -m qa.lab.fit.confidence` its
confidence.

Weights are kept in bfloat16, at half the size. Training that computes in bfloat16 (its masters are float32) rounds them
so as well, and loses nothing by it.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from transformers import BertConfig, BertForQuestionAnswering

from embeddings import models
from qa.answer.read.neural import WEIGHTS

LIMITS = {
    "question_tokens": 64,
    "window_tokens": 320,  # as trained
    "overlap_tokens": 96,
    "answer_tokens": 40,  # 99.5 % of the training answers are shorter
    "candidates": 12,  # per window, before overlapping ones are merged
    "spans_per_passage": 3,
    "batch_windows": 16,
}


def export(
    trained: Path,
    folder: Path,
    *,
    null_threshold: float = 0.0,
    widening_slack: float = 0.0,
    backbone: str = models.DEFAULT,
) -> None:
    """Write model.safetensors (bfloat16), config.json, tokenizer.json and reader.json with their SHA-256s."""
    model = BertForQuestionAnswering.from_pretrained(str(trained), local_files_only=True).bfloat16()
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        name: tensor.contiguous() for name, tensor in model.state_dict().items() if name != "position_ids"
    }
    from safetensors.torch import save_file

    save_file(state, str(folder / "model.safetensors"), metadata={"format": "pt"})
    config = BertConfig.from_pretrained(str(trained))
    (folder / "config.json").write_text(json.dumps(_plain(config), indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(models.find(backbone) / "tokenizer.json", folder / "tokenizer.json")
    names = ("model.safetensors", "config.json", "tokenizer.json")
    manifest = {
        "null_threshold": null_threshold,
        "widening_slack": widening_slack,
        "limits": LIMITS,
        "files": {name: models.sha256(folder / name) for name in names},
    }
    (folder / "reader.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _plain(config: BertConfig) -> dict[str, object]:
    """The configuration without what this computer added to it."""
    told = config.to_diff_dict()
    return {
        key: value for key, value in told.items() if not key.startswith("_") and key != "transformers_version"
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trained", type=Path, help="folder of trained weights, for example runs/a/average")
    parser.add_argument(
        "--to", type=Path, default=WEIGHTS, help="the reader's folder (default: the project's own)"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    export(arguments.trained, arguments.to)


if __name__ == "__main__":
    main()
