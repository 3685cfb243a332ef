"""A BERT's word embeddings, for another one that was trained from it and kept them: half of a small model's file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from . import models
from .bert import WORDS, Unsupported


def word_embeddings(folder: Path) -> Tensor:
    """(vocabulary, size), as model.safetensors of the folder holds them. Raises Unsupported, OSError."""
    file = folder / "model.safetensors"
    try:
        with safe_open(file, "pt") as opened:
            name = next(name for name in opened.keys() if name in (WORDS, f"bert.{WORDS}"))  # noqa: SIM118
            found: Tensor = opened.get_tensor(name)
            return found.clone()
    except (SafetensorError, StopIteration) as error:
        raise Unsupported(f"{file}: it holds no {WORDS}. {error}") from error


def rounded(model: str) -> Tensor:
    """Those of the model of this name, in bfloat16. Raises ModelNotFound, Unsupported, OSError."""
    return word_embeddings(models.find(model)).bfloat16()


def digest(words: Tensor) -> str:
    """SHA-256 of their bytes, in hexadecimal."""
    return hashlib.sha256(words.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def shared(model: str, sha256: str) -> Tensor:
    """`rounded`, once they are those with this digest. Raises Unsupported where they are others, and as `rounded`."""
    words = rounded(model)
    if digest(words) != sha256:
        raise Unsupported(f"the word embeddings of {model} are not the ones it was trained with")
    return words
