"""The floor beneath a figure: what the models must compute and read, at the rates this processor reaches.

A step cannot be faster than its operations over the rate of matrix products, nor than its bytes over the bandwidth of
memory, whichever takes longer (Williams, Waterman and Patterson, "Roofline", 2009). Both rates are measured here and
now, on all cores, in the number formats that this processor has; operations count only the products of matrices.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings import models
from qa.answer.read.neural import WEIGHTS
from qa.answer.read.neural import available as neural_reader_installed
from qa.ports import Encoder
from qa.serving.gate import cores

_SIZE = 2048  # square matrices of this order reach the full rate; larger ones did not exceed it
_BYTES = 1 << 30  # more than any cache holds
_READ_ROUNDS, _PRODUCT_ROUNDS = 5, 20
_SECONDS = 5.0  # for the rounds of one rate: a slow processor gets fewer of them, and still one


@dataclass(frozen=True, slots=True)
class Rates:
    """Operations (a multiplication and an addition are two) and bytes a second.

    bfloat16: None where the processor would only emulate it, which takes a hundred times as long.
    """

    float32: float
    bandwidth: float
    bfloat16: float | None = None

    @property
    def best(self) -> float:
        return max(self.float32, self.bfloat16 or 0.0)

    def seconds(self, operations: float, bytes_read: float) -> float:
        return max(operations / self.best, bytes_read / self.bandwidth)

    def told(self) -> dict[str, float]:
        return {
            "float32_gflops": round(self.float32 / 1e9, 1),
            **({} if self.bfloat16 is None else {"bfloat16_gflops": round(self.bfloat16 / 1e9, 1)}),
            "memory_gb_per_s": round(self.bandwidth / 1e9, 1),
        }


def measure(*, quick: bool = False) -> Rates:
    """The best of several rounds each: a neighbour on the machine can only slow one down. Takes seconds.

    quick: smaller matrices and less memory, for tests; the rates are then too low.
    """
    import torch

    from embeddings.bert import fast_type

    size, total = (256, 1 << 24) if quick else (_SIZE, _BYTES)
    before = torch.get_num_threads()
    torch.set_num_threads(cores())
    try:
        with torch.inference_mode():
            rates = {}
            for dtype in {torch.float32, fast_type()}:
                a, b = torch.rand(size, size).to(dtype), torch.rand(size, size).to(dtype)
                rates[dtype] = 2 * size**3 / _least(lambda a=a, b=b: a @ b, _PRODUCT_ROUNDS)  # type: ignore[misc]
            block = torch.ones(total // 4)
            bandwidth = total / _least(lambda: block.sum(), _READ_ROUNDS)
    finally:
        torch.set_num_threads(before)
    return Rates(rates[torch.float32], bandwidth, rates.get(torch.bfloat16))


def _least(run: Callable[[], Any], rounds: int, seconds: float = _SECONDS) -> float:
    """Seconds of the fastest of `rounds` runs, after one that is not counted; of fewer where `seconds` are over."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    run()
    while len(taken) < rounds and (not taken or time.perf_counter() < until):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return min(taken)


@dataclass(frozen=True, slots=True)
class Transformer:
    """The sizes of a BERT encoder that its operations follow from."""

    layers: int
    width: int
    inner: int

    @classmethod
    def of(cls, folder: Path) -> Transformer:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return cls(config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"])

    def operations(self, tokens: int) -> float:
        """Of one sequence: four projections, the two products of attention, the two of the feed-forward layer."""
        projections = 8 * tokens * self.width**2
        attention = 4 * tokens**2 * self.width
        return float(self.layers * (projections + attention + 4 * tokens * self.width * self.inner))

    @property
    def weights(self) -> int:
        """Weights of the layers; of the word vectors only a few rows are read."""
        return self.layers * (4 * self.width**2 + 2 * self.width * self.inner)


class Floors:
    """The least seconds of the steps of an answer."""

    def __init__(self, rates: Rates, encoder: Encoder, passages: int) -> None:
        """passages: in the index; an exact search reads all their vectors."""
        self.rates, self._encoder = rates, encoder
        self._encoding = Transformer.of(models.find(encoder.name))
        self._reading = Transformer.of(WEIGHTS) if neural_reader_installed() else self._encoding
        self._vectors = 4 * passages * encoder.dimension
        self._itemsize = 2 if (rates.bfloat16 or 0.0) >= rates.float32 else 4

    def retrieve(self, question: str) -> float:
        """Encoding the question, then one look at every vector."""
        operations = self._encoding.operations(self._tokens([question])[0])
        weights = self._encoding.weights * self._itemsize
        return self.rates.seconds(operations, weights) + self.rates.seconds(0, self._vectors)

    def read(self, question: str, passages: Sequence[str]) -> float:
        """Reading the question with each of the passages."""
        asked, *others = self._tokens([question, *passages])
        operations = sum(self._reading.operations(asked + other - 1) for other in others)
        return self.rates.seconds(operations, self._reading.weights * self._itemsize if others else 0)

    def encode(self, texts: Sequence[str]) -> float:
        """Encoding all of the texts."""
        tokens = [min(count, self._encoder.max_tokens) for count in self._tokens(texts)]
        operations = sum(map(self._encoding.operations, tokens))
        return self.rates.seconds(operations, self._encoding.weights * self._itemsize)

    def _tokens(self, texts: Sequence[str]) -> list[int]:
        """With the two special ones. The reader's and the default encoder's vocabulary are the same."""
        return [count + 2 for count in self._encoder.count_tokens(texts)]
