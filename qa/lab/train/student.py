"""The reader as it is trained: a BERT encoder with span heads on its last layer and on some before it.

The same function as transformers' `BertForQuestionAnswering` (Devlin et al., 2019) and as `embeddings.bert`, with
query, key and value as one product and no dropout.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from embeddings.bert import WORDS
from embeddings.words import shared

RULED_OUT = -1e4  # no probability in bfloat16, and no overflow
_LAYER = {
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "wider": "intermediate.dense",
    "narrower": "output.dense",
    "norm": "output.LayerNorm",
}
_EMBEDDINGS = {"words": "word", "positions": "position", "types": "token_type"}
_PROJECTED = tuple(f"attention.self.{of}" for of in ("query", "key", "value"))

Scores = tuple[Tensor, Tensor]  # of starts and of ends, float32, (windows, tokens)


class _Layer(nn.Module):
    def __init__(self, size: int, inner: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.projected = nn.Linear(size, 3 * size)
        self.attended = nn.Linear(size, size)
        self.attended_norm = nn.LayerNorm(size, eps=epsilon)
        self.wider = nn.Linear(size, inner)
        self.narrower = nn.Linear(inner, size)
        self.norm = nn.LayerNorm(size, eps=epsilon)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """states: (windows, tokens, size); mask: (windows, 1, 1, tokens), added to the attention's logits."""
        windows, tokens, size = states.shape
        split = self.projected(states).view(windows, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = split.unbind(0)
        # Plain attention: on a processor its backward pass takes less than half the time of the fused one's.
        logits = (query * (1 / math.sqrt(size // self.heads))) @ key.transpose(2, 3)
        seen = torch.softmax(logits.add_(mask), dim=3) @ value
        seen = seen.transpose(1, 2).reshape(windows, tokens, size)
        states = self.attended_norm(states + self.attended(seen))
        told: Tensor = self.norm(states + self.narrower(functional.gelu(self.wider(states))))
        return told


class Student(nn.Module):
    """Raises OSError, KeyError where the folder holds no BERT encoder."""

    def __init__(self, backbone: Path, early: tuple[int, ...], seed: int) -> None:
        """backbone: the folder of an encoder, or of a reader that was exported, whose heads are then gone on with.

        early: the layers, counted from 1, whose states have a head as well; seed: of new heads' first weights.
        """
        super().__init__()
        self.config = json.loads((backbone / "config.json").read_text(encoding="utf-8"))
        size, epsilon = self.config["hidden_size"], self.config["layer_norm_eps"]
        found = _weights(backbone)
        self.words, self.positions, self.types = (
            nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
                found[f"embeddings.{of}_embeddings.weight"], freeze=of == "word"
            )
            for of in _EMBEDDINGS.values()
        )
        self.first_norm = nn.LayerNorm(size, eps=epsilon)
        self.layers = nn.ModuleList(
            _Layer(size, self.config["intermediate_size"], self.config["num_attention_heads"], epsilon)
            for _ in range(self.config["num_hidden_layers"])
        )
        torch.manual_seed(seed)
        spread = self.config.get("initializer_range", 0.02)  # which an exported reader's does not name
        self.heads = nn.ModuleDict({str(n): _head(size, spread) for n in (*early, len(self.layers))})
        own = self.state_dict()
        known = {n: t for n, t in _from_bert(found, len(self.layers)).items() if n in own}
        self.load_state_dict({**own, **known})

    def forward(self, batch: dict[str, Tensor]) -> list[Scores]:
        """Scores by each head, the last layer's last; question and padding are ruled out."""
        ruled_out = ~batch["allowed"][:, :, None]
        result = []
        for number, states in enumerate(self.layered(batch), 1):
            if str(number) in self.heads:
                scores = self.heads[str(number)](states).float().masked_fill(ruled_out, RULED_OUT)
                result.append((scores[..., 0], scores[..., 1]))
        return result

    def layered(self, batch: dict[str, Tensor]) -> Iterator[Tensor]:
        """The states after each layer, (windows, tokens, size)."""
        ids, types = batch["ids"], batch["types"]
        states = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.types(types)
        states = self.first_norm(states)
        mask = torch.zeros(batch["mask"].shape, dtype=states.dtype).masked_fill_(
            batch["mask"] == 0, RULED_OUT
        )
        for layer in self.layers:
            states = layer(states, mask[:, None, None])
            yield states


def of_folder(folder: Path) -> dict[str, Tensor]:
    """The weights of an encoder or a reader by the student's names, float32. Raises as `Student` does."""
    layers = json.loads((folder / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"]
    found = _weights(folder)
    embeddings = {
        f"{own}.weight": found[f"embeddings.{of}_embeddings.weight"] for own, of in _EMBEDDINGS.items()
    }
    return embeddings | _from_bert(found, layers)


def _weights(folder: Path) -> dict[str, Tensor]:
    """By the names of transformers' `BertModel`, float32, and "qa_outputs.*" and "early.*" where it is a reader's."""
    found = load_file(folder / "model.safetensors")
    manifest = folder / "reader.json"
    told = json.loads(manifest.read_text(encoding="utf-8")).get("words") if manifest.is_file() else None
    if told:
        found[WORDS] = shared(told["of"], told["sha256"])
    return {name.removeprefix("bert."): tensor.float() for name, tensor in found.items()}


def _head(size: int, spread: float) -> nn.Linear:
    head = nn.Linear(size, 2)
    nn.init.normal_(head.weight, std=spread)
    nn.init.zeros_(head.bias)
    return head


def _from_bert(found: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Weights by transformers' names -> by the student's."""
    state = {}
    for of in ("weight", "bias"):
        state[f"first_norm.{of}"] = found[f"embeddings.LayerNorm.{of}"]
        for n in range(layers):
            theirs = f"encoder.layer.{n}."
            state[f"layers.{n}.projected.{of}"] = torch.cat([found[f"{theirs}{p}.{of}"] for p in _PROJECTED])
            for own, name in _LAYER.items():
                state[f"layers.{n}.{own}.{of}"] = found[f"{theirs}{name}.{of}"]
        for name in [
            name for name in found if name.startswith(("qa_outputs.", "early.")) and name.endswith(of)
        ]:
            head = name.split(".")[1] if name.startswith("early.") else str(layers)
            state[f"heads.{head}.{of}"] = found[name]
    return state


def to_bert(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A student's weights -> by the names of transformers' `BertForQuestionAnswering`; early heads: early.<layer>.*."""
    last = max(int(name.split(".")[1]) for name in state if name.startswith("heads."))
    told = {
        f"bert.embeddings.{of}_embeddings.weight": state[f"{own}.weight"] for own, of in _EMBEDDINGS.items()
    }
    for of in ("weight", "bias"):
        told[f"bert.embeddings.LayerNorm.{of}"] = state[f"first_norm.{of}"]
        for n in range(last):
            theirs = f"bert.encoder.layer.{n}."
            split = state[f"layers.{n}.projected.{of}"].chunk(3)
            told |= {f"{theirs}{p}.{of}": part for p, part in zip(_PROJECTED, split, strict=True)}
            told |= {f"{theirs}{name}.{of}": state[f"layers.{n}.{own}.{of}"] for own, name in _LAYER.items()}
        for name in [name for name in state if name.startswith("heads.") and name.endswith(of)]:
            layer = int(name.split(".")[1])
            told["qa_outputs." + of if layer == last else f"early.{layer}.{of}"] = state[name]
    return told
