"""A checkpoint -> the reader's folder, as the project ships it.

    python -m qa.lab.train.export runs/annealed/checkpoint.pt

Then `python -m qa.lab.fit.threshold` sets its threshold and slack, and `qa.lab.fit.confidence` its confidence.

Weights are kept in bfloat16, at half the size; training, which computes in bfloat16, loses nothing by it. Word
embeddings that are the encoder's own, bit for bit once rounded, are read from its package instead: half of the rest.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from embeddings import models, words
from embeddings.bert import WORDS
from qa.answer.read.neural import WEIGHTS

from .recipe import Recipe
from .student import to_bert
from .trainer import Trainer

LIMITS = {
    "question_tokens": 64,
    "window_tokens": 320,  # as trained
    "overlap_tokens": 96,
    "answer_tokens": 40,  # 99.5 % of the training answers are shorter
    "candidates": 12,  # per window, before overlapping ones are merged
    "spans_per_passage": 3,
    "batch_windows": 16,
}
_CONFIG = (  # what reading needs, and transformers to open the folder
    "model_type",
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "hidden_act",
    "max_position_embeddings",
    "type_vocab_size",
    "layer_norm_eps",
    "pad_token_id",
)


def export(
    weights: Mapping[str, Tensor],
    backbone: Path,
    folder: Path,
    *,
    null_threshold: float = 0.0,
    widening_slack: float = 0.0,
    words_of: str | None = None,
) -> None:
    """Write model.safetensors (bfloat16), config.json, tokenizer.json and reader.json with their SHA-256s.

    weights: by the names of transformers' `BertForQuestionAnswering`. backbone: the folder whose configuration and
    tokenizer they go with. words_of: an encoder's name, whose word embeddings are left out where they are the same.
    """
    rounded = {name: tensor.bfloat16().contiguous() for name, tensor in weights.items()}
    manifest: dict[str, Any] = {
        "null_threshold": null_threshold,
        "widening_slack": widening_slack,
        "limits": LIMITS,
    }
    if words_of is not None:
        encoders = words.rounded(words_of)
        if torch.equal(encoders, rounded[f"bert.{WORDS}"]):
            del rounded[f"bert.{WORDS}"]
            manifest["words"] = {"of": words_of, "sha256": words.digest(encoders)}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(rounded, str(folder / "model.safetensors"), metadata={"format": "pt"})
    config = json.loads((backbone / "config.json").read_text(encoding="utf-8"))
    kept = {"architectures": ["BertForQuestionAnswering"]} | {n: config[n] for n in _CONFIG if n in config}
    (folder / "config.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    shutil.copyfile(backbone / "tokenizer.json", folder / "tokenizer.json")
    names = ("model.safetensors", "config.json", "tokenizer.json")
    manifest["files"] = {name: models.sha256(folder / name) for name in names}
    (folder / "reader.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def of_checkpoint(checkpoint: Path, backbone: Path, *, average: bool) -> dict[str, Tensor]:
    """The weights in a checkpoint of the trainer's, by transformers' names."""
    trainer = Trainer(backbone, Recipe())
    trainer.restore(checkpoint)
    return to_bert(trainer.weights(average=average))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path, help="for example runs/annealed/checkpoint.pt")
    parser.add_argument(
        "--to", type=Path, default=WEIGHTS, help="the reader's folder (default: the project's own)"
    )
    parser.add_argument("--backbone", default=models.DEFAULT, help="encoder that the training started from")
    parser.add_argument(
        "--average", action="store_true", help="the running average of the weights, instead of the last ones"
    )
    arguments = parser.parse_args()
    backbone = models.find(arguments.backbone)
    weights = of_checkpoint(arguments.checkpoint, backbone, average=arguments.average)
    export(weights, backbone, arguments.to, words_of=models.DEFAULT)


if __name__ == "__main__":
    main()
