"""BERT, the mean of its last hidden states, unit length: the form of most small sentence-transformers models.

Read from the same folders and with the same result but for rounding, without importing that library (seconds): over
160 paragraphs of a hundred words, 4.6 times the texts a second in bfloat16, and a question in 0.4 of the time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from .bert import TYPES, Bert, Unsupported, compute_type

_FORM = ["Transformer", "Pooling", "Normalize"]


class PooledBert:
    """Opened once; may be called from several threads. Raises Unsupported for a model of any other form."""

    def __init__(self, folder: Path, precision: str = "auto") -> None:
        """precision: of collections, see `compute_type`."""
        limit = _described(folder)
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # what `tokenizers` raises has no narrower class
            raise Unsupported(f"{folder / 'tokenizer.json'}: {error}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._around = self._special("[CLS]"), self._special("[SEP]")
        if self._tokenizer.encode("").ids != list(self._around):
            raise Unsupported(
                f"{folder / 'tokenizer.json'}: it does not put [CLS] before and [SEP] after a text."
            )
        self._folder, self._dtype = folder, compute_type(precision)
        self._exact = Bert(folder, torch.float32)
        self.precision = next(name for name, of in TYPES.items() if of == self._dtype)
        self.dimension = self._exact.size
        self.max_tokens = min(limit, self._exact.max_tokens)

    @cached_property
    def _fast(self) -> Bert:
        """Opened when a collection is first encoded: who only asks has no need of it."""
        return self._exact if self._dtype == torch.float32 else Bert(self._folder, self._dtype)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dimension), rows of unit length."""
        return self._encode(texts, self._fast)

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """(dimension,), of unit length, in float32."""
        vector: NDArray[np.float32] = self._encode([text], self._exact)[0]
        return vector

    def _encode(self, texts: Sequence[str], bert: Bert) -> NDArray[np.float32]:
        first, last = self._around
        tokens = [[first, *ids[: self.max_tokens - 2], last] for ids in self._ids(texts)]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for members, states in bert.hidden(tokens):
            lengths = torch.tensor([len(tokens[member]) for member in members])[:, None]
            inside = (torch.arange(states.shape[1])[None] < lengths)[:, :, None]
            means = (states.float() * inside).sum(1) / lengths
            vectors[list(members)] = functional.normalize(means, dim=1).numpy()
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._ids(texts)]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        # One by one: a batch would be cut by as many threads as there are cores, whoever else has need of them.
        return [self._tokenizer.encode(text, add_special_tokens=False).ids for text in texts]

    def _special(self, token: str) -> int:
        id_ = self._tokenizer.token_to_id(token)
        if id_ is None:
            raise Unsupported(f"The tokenizer knows no {token}.")
        return int(id_)


def _described(folder: Path) -> int:
    """The longest text in tokens, of a folder that describes a model of this form and no other."""
    try:
        modules: list[dict[str, Any]] = _json(folder / "modules.json")
        if [module["type"].rpartition(".")[2] for module in modules] != _FORM or modules[0]["path"]:
            raise Unsupported(f"{folder / 'modules.json'}: not {', '.join(_FORM)}.")
        pooling = _json(folder / modules[1]["path"] / "config.json")
        modes = {name for name, value in pooling.items() if name.startswith("pooling_mode") and value}
        if modes != {"pooling_mode_mean_tokens"}:
            raise Unsupported(f"{folder}: it pools by {sorted(modes)}.")
        reading = _json(folder / "sentence_bert_config.json")
        if reading.get("do_lower_case"):
            raise Unsupported(f"{folder}: it puts texts into lower case before its tokenizer does.")
        if (folder / "config_sentence_transformers.json").is_file():
            told = _json(folder / "config_sentence_transformers.json")
            if told.get("default_prompt_name") or any((told.get("prompts") or {}).values()):
                raise Unsupported(f"{folder}: it puts words before a text.")
        return int(reading["max_seq_length"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, Unsupported):
            raise
        raise Unsupported(f"{folder}: {type(error).__name__}: {error}") from error


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
