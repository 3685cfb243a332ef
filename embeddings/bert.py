"""A BERT encoder's forward pass and nothing else: token ids -> hidden states (Devlin et al., 2019).

The same weights as transformers' `BertModel` and the same result but for rounding, for less time on a processor:
texts lie end to end, padded only to the next 8 or 32 tokens, instead of all to the longest; query, key and value are
one product; weights are laid out once for the processor's matrix unit, GELU and sums are fused with the products. Ten
windows of 150 to 190 tokens in bfloat16, beside transformers in the same run: 1.5 times as fast, and opened without
importing it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from . import integers

# Texts are padded to a multiple of so many tokens. Attention in bfloat16 takes twice as long at 165 tokens as at 160 or
# 192: its kernels want whole tiles of 32. In float32, steps of 8 save 8 % of ten passages, and 16 % with integers.
_STEPS = {torch.bfloat16: 32, torch.float32: 8}
# How many rows of a pass go through a layer's products together, the most first. oneDNN generates kernels for each
# number of rows that it meets, 20 ms of a core and 3.6 MB for a layer's four products, and keeps them. Cut like this
# there are nine such numbers in bfloat16, of ten passages some forty uncut. Integers have no use for larger parts: what
# lies between their steps stays in the cache, and 700 rows take 0.7 of the time.
_ROWS = {torch.bfloat16: (1024, 256), torch.float32: (256,)}
WORDS = "embeddings.word_embeddings.weight"
_HELD_EVERYWHERE = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}

_ROUNDS = 4  # that two formats are timed in: what else the machine does can only slow one down

PRECISION_VARIABLE = "QA_PRECISION"
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "int8": torch.int8}

Linear = Callable[[Tensor], Tensor]
Kernel = Callable[..., Linear]  # of a weight and a bias
Ids = Sequence[int] | NDArray[np.integer[Any]]
# Numbers of some texts, and their states (texts, tokens, size).
States = Iterator[tuple[tuple[int, ...], Tensor]]


class Unsupported(ValueError):
    """The folder holds another kind of model, or not all of its weights."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Texts of one padded length, in rows [first, first + count * length) of the pass."""

    first: int
    members: tuple[int, ...]
    length: int
    mask: Tensor | None  # (count, 1, 1, length), 0 or -inf; None where none is padded

    @property
    def rows(self) -> slice:
        return slice(self.first, self.first + len(self.members) * self.length)

    def of(self, states: Tensor) -> Tensor:
        """(texts, tokens, size)"""
        return states[self.rows].view(len(self.members), self.length, -1)


class Bert:
    """Opened once; may be called from several threads. Raises Unsupported, OSError."""

    def __init__(self, folder: Path, dtype: torch.dtype, words: Tensor | None = None) -> None:
        """folder: config.json and model.safetensors. dtype: float32, bfloat16, or int8: then linear layers multiply
        8-bit integers, and everything else is float32. words: word embeddings, (vocabulary, size), for weights that
        hold none of their own because another model has the same.
        """
        config = _config(folder)
        try:
            # Copied: what safetensors gives is mapped from the file, and lies where the file put it.
            found = {name: tensor.clone() for name, tensor in load_file(folder / "model.safetensors").items()}
        except SafetensorError as error:
            raise Unsupported(f"{folder / 'model.safetensors'}: {error}") from error
        prefix = "bert." if any(name.startswith("bert.") for name in found) else ""
        if words is not None:
            found.setdefault(prefix + WORDS, words)
        self.extra = {name: tensor for name, tensor in found.items() if not name.startswith(prefix or "\0")}
        try:
            weights = {
                name.removeprefix(prefix): tensor for name, tensor in found.items() if name.startswith(prefix)
            }
            self._heads: int = config["num_attention_heads"]
            self._epsilon: float = config["layer_norm_eps"]
            self.size: int = config["hidden_size"]
            self.max_tokens: int = config["max_position_embeddings"]
            self.dtype = torch.float32 if dtype == torch.int8 else dtype  # of the states
            self._words = weights[WORDS].to(self.dtype)
            # Row t * max_tokens + p: what type t at position p adds to a word.
            types, positions = (
                weights[f"embeddings.{of}_embeddings.weight"].float() for of in ("token_type", "position")
            )
            self._places = (types[:, None] + positions[None]).reshape(-1, self.size).to(self.dtype)
            self._first_norm = self._norm(weights, "embeddings.LayerNorm")
            make = integers.linear if dtype == torch.int8 else _linear
            self._layers = [
                _Layer(self, weights, f"encoder.layer.{n}.", make) for n in range(config["num_hidden_layers"])
            ]
            self.layers = len(self._layers)
        except (KeyError, TypeError, RuntimeError) as error:
            raise Unsupported(f"{folder}: {type(error).__name__}: {error}") from error

    def hidden(
        self,
        texts: Sequence[Ids],
        second_from: Sequence[int] | None = None,
        exits: Mapping[int, Callable[[States], Collection[int]]] | None = None,
    ) -> States:
        """Token ids of each text -> (numbers of some texts, their last hidden states), every text once.

        The states are (texts, tokens, size), padded at their ends; no text may be longer than max_tokens.
        second_from: of each text, where the second sentence of its pair begins; by default there is none.
        exits: after which layers, counted from 1, texts may leave (Xin et al., "DeeBERT", ACL 2020): each is shown the
        states there, as this gives them, and tells which go on; of the others there are no last states.
        """
        groups = _grouped([len(text) for text in texts], self.dtype)
        ids, places = self._rows(groups, texts, second_from)
        with torch.inference_mode():
            states = functional.embedding(ids, self._words) + functional.embedding(places, self._places)
            states = self._first_norm(states)
            for number, layer in enumerate(self._layers, 1):
                states = layer(states, groups, self._heads)
                if exits and number in exits:
                    stay = exits[number]((group.members, group.of(states)) for group in groups)
                    states, groups = _staying(states, groups, frozenset(stay))
                    if not groups:
                        break
        for group in groups:
            yield group.members, group.of(states)

    def _rows(
        self, groups: Sequence[_Group], texts: Sequence[Ids], second_from: Sequence[int] | None
    ) -> tuple[Tensor, Tensor]:
        """(rows,) int64 word ids, and rows of `_places`."""
        size = sum(len(group.members) * group.length for group in groups)
        ids: NDArray[np.int64] = np.zeros(size, dtype=np.int64)
        places: NDArray[np.int64] = np.zeros(size, dtype=np.int64)
        for group in groups:
            for at, member in enumerate(group.members):
                first, length = group.first + at * group.length, len(texts[member])
                ids[first : first + length] = texts[member]
                places[first : first + length] = np.arange(length)
                if second_from is not None:
                    places[first + second_from[member] : first + length] += self.max_tokens
        return torch.from_numpy(ids), torch.from_numpy(places)

    def _norm(self, weights: dict[str, Tensor], name: str) -> Linear:
        scale, shift = weights[f"{name}.weight"].to(self.dtype), weights[f"{name}.bias"].to(self.dtype)
        return lambda x: functional.layer_norm(x, (self.size,), scale, shift, self._epsilon)


class _Layer:
    def __init__(self, bert: Bert, weights: dict[str, Tensor], name: str, make: Kernel) -> None:
        def linear(*names: str, **around: bool) -> Linear:
            weight = torch.cat([weights[f"{name}{one}.weight"] for one in names]).to(bert.dtype)
            bias = torch.cat([weights[f"{name}{one}.bias"] for one in names]).to(bert.dtype)
            return make(weight, bias, **around)

        self._projected = linear(*(f"attention.self.{one}" for one in ("query", "key", "value")))
        self._attended = linear("attention.output.dense")
        self._attention_norm = bert._norm(weights, f"{name}attention.output.LayerNorm")
        self._widened = linear("intermediate.dense", gelu=True)
        self._narrowed = linear("output.dense", after_gelu=True)
        self._norm = bert._norm(weights, f"{name}output.LayerNorm")

    def __call__(self, states: Tensor, groups: Sequence[_Group], heads: int) -> Tensor:
        """(rows, size) -> the same."""
        parts = _parts(len(states), states.dtype)
        projected = torch.cat([self._projected(states[part]) for part in parts])
        seen = torch.empty_like(states)
        for group in groups:
            shape = (len(group.members), group.length, heads, -1)
            # each (texts, heads, tokens, size of a head)
            query, key, value = projected[group.rows].view(*shape[:2], 3, heads, -1).permute(2, 0, 3, 1, 4)
            found = functional.scaled_dot_product_attention(query, key, value, attn_mask=group.mask)
            seen[group.rows].view(shape).copy_(found.transpose(1, 2))
        return torch.cat([self._after_attention(seen[part], states[part]) for part in parts])

    def _after_attention(self, seen: Tensor, states: Tensor) -> Tensor:
        """seen: what attention gave for these rows, (rows, size) -> the same."""
        states = self._attention_norm(self._attended(seen).add_(states))
        return self._norm(self._narrowed(self._widened(states)).add_(states))


def compute_type(precision: str = "auto") -> torch.dtype:
    """precision: "float32", "bfloat16", "int8", or "auto": what $QA_PRECISION names, else bfloat16 where the
    processor multiplies it faster than float32, else int8 where it has the kernels, else float32.

    The variable lets a machine compute as another kind would. Raises ValueError for any other name.
    """
    named = os.environ.get(PRECISION_VARIABLE, "auto") if precision == "auto" else precision
    if named == "auto":
        fast = fast_type()
        return torch.int8 if fast == torch.float32 and integers.available() else fast
    if named not in TYPES:
        source = "precision" if precision != "auto" else f"${PRECISION_VARIABLE}"
        raise ValueError(f"{source} is {named!r}; it must be one of auto, {', '.join(TYPES)}.")
    return TYPES[named]


def chosen_somewhere() -> list[str]:
    """The formats that this processor, or one like it that has less, chooses or can be told to."""
    chosen = {torch.float32, fast_type(), *([torch.int8] if integers.available() else [])}
    return [name for name, dtype in TYPES.items() if dtype in chosen]


def fast_type(device: torch.device | None = None) -> torch.dtype:
    """bfloat16 on a GPU, and where this processor multiplies it in hardware and gains by it; else float32.

    torch's $ATEN_CPU_CAPABILITY, which makes a processor do as one with AVX2 alone, is heeded.
    """
    if device is not None and device.type != "cpu":
        return torch.bfloat16
    cpu = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else ""
    checks = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    has = cpu.startswith("AVX512") and any(getattr(torch.cpu, name, lambda: False)() for name in checks)
    return torch.bfloat16 if has and _bfloat16_gains() else torch.float32


@cache
def _bfloat16_gains() -> bool:
    """Whether a linear layer takes less time in bfloat16 than in float32: measured once a process, in some 20 ms.

    To have the instruction is not to gain by it. Beside float32 it takes half of the time on AMD's Zen 4, but 1.9 times
    on Intel's Sapphire Rapids where AMX is hidden, as it is from many virtual machines.
    """
    coarse, exact = (_product(dtype) for dtype in (torch.bfloat16, torch.float32))
    rounds = [(_seconds(coarse), _seconds(exact)) for _ in range(1 + _ROUNDS)][1:]  # the first sets up
    return min(took for took, _ in rounds) < min(took for _, took in rounds)


def _product(dtype: torch.dtype) -> Callable[[], Tensor]:
    weight, rows = torch.ones(1536, 384, dtype=dtype), torch.ones(256, 384, dtype=dtype)
    return lambda: functional.linear(rows, weight)


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _linear(weight: Tensor, bias: Tensor, *, gelu: bool = False, after_gelu: bool = False) -> Linear:
    """x (n, in) -> x @ weight.T + bias, and GELU of it: by oneDNN with weights in its own layout, where it has one.

    Laid out once, products of 384 x 1152 take 0.62 of the time that they take with a plain weight, and GELU next to
    nothing. The operators are those that torch's compiler emits; the release of torch is pinned.
    """
    in_hardware = weight.dtype == torch.bfloat16 == fast_type()  # elsewhere oneDNN refuses, or gains nothing
    if in_hardware and torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        operators = torch.ops.mkldnn
        laid_out = operators._reorder_linear_weight(weight, None)
        after: tuple[Any, ...] = ("gelu", [], "none") if gelu else ("none", [], "")
        return lambda x: operators._linear_pointwise(x, laid_out, bias, *after)
    if gelu:
        return lambda x: functional.gelu(functional.linear(x, weight, bias))
    return lambda x: functional.linear(x, weight, bias)


def _grouped(lengths: Sequence[int], dtype: torch.dtype) -> list[_Group]:
    by_padded: dict[int, list[int]] = {}
    step = _STEPS[dtype]
    for number, length in enumerate(lengths):
        by_padded.setdefault(-(-max(1, length) // step) * step, []).append(number)
    groups, first = [], 0
    for padded, members in sorted(by_padded.items()):
        beyond = torch.arange(padded)[None] >= torch.tensor([lengths[number] for number in members])[:, None]
        mask = torch.zeros(beyond.shape, dtype=dtype).masked_fill_(beyond, float("-inf"))[:, None, None]
        groups.append(_Group(first, tuple(members), padded, mask if beyond.any() else None))
        first += len(members) * padded
    return groups


def _parts(rows: int, dtype: torch.dtype) -> list[slice]:
    cuts = [0]
    for size in _ROWS[dtype]:
        cuts.extend(range(cuts[-1] + size, rows + 1, size))
    return [slice(first, end) for first, end in pairwise(cuts + [rows] * (cuts[-1] < rows))]


def _staying(states: Tensor, groups: Sequence[_Group], stay: frozenset[int]) -> tuple[Tensor, list[_Group]]:
    """The rows of the texts that stay, and their groups."""
    if all(stay.issuperset(group.members) for group in groups):
        return states, list(groups)
    rows: list[Tensor] = []
    kept: list[_Group] = []
    first = 0
    for group in groups:
        at = [place for place, member in enumerate(group.members) if member in stay]
        if at:
            rows.append(group.of(states)[at].flatten(0, 1))
            mask = None if group.mask is None else group.mask[at]
            kept.append(_Group(first, tuple(group.members[place] for place in at), group.length, mask))
            first += len(rows[-1])
    return (torch.cat(rows) if rows else states[:0]), kept


def _config(folder: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        for name, value in _HELD_EVERYWHERE.items():
            if config.get(name, value if name == "position_embedding_type" else None) != value:
                raise Unsupported(f"{folder / 'config.json'}: {name} is {config.get(name)!r}, not {value!r}.")
        return config
    except (ValueError, AttributeError) as error:
        if isinstance(error, Unsupported):
            raise
        raise Unsupported(f"{folder / 'config.json'}: {error}") from error
