"""What a few layers already tell of a window: an estimate of the log odds that it answers, from its states there.

Most of what is found for a question does not answer it, and the first layers know that of much of it. An estimate costs
a sixtieth of a layer.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

INNER = 64  # size of a token's state, narrowed
QUERIES = 4  # that each look for something of their own among the tokens


class Estimate(nn.Module):
    """States of windows -> log odds, against null, that one of a window's spans answers.

    Each token's state is narrowed; a few learnt queries attend to them (Lin et al., "A Structured Self-Attentive
    Sentence Embedding", ICLR 2017), and what they find is weighed together with the first token's.
    """

    def __init__(self, size: int) -> None:
        """size: of a state."""
        super().__init__()
        self.narrowed = nn.Linear(size, INNER)
        self.sought = nn.Linear(INNER, QUERIES)
        self.told = nn.Linear((QUERIES + 1) * INNER, 1)

    @classmethod
    def of(cls, weights: Mapping[str, Tensor], layer: str) -> Estimate:
        """The one after this layer. weights: of all, named "<layer>.<name>". Raises KeyError where it is not there."""
        prefix = f"{layer}."
        kept = {n.removeprefix(prefix): t for n, t in weights.items() if n.startswith(prefix)}
        made = cls(kept["narrowed.weight"].shape[1])
        made.load_state_dict(kept)
        return made.eval().requires_grad_(False)

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """states: (windows, tokens, size), padded at their ends; lengths: (windows,), tokens of each -> (windows,),
        float32."""
        narrowed = functional.gelu(self.narrowed(states.float()))
        beyond = torch.arange(states.shape[1]) >= lengths[:, None]
        weights = self.sought(narrowed).masked_fill(beyond[:, :, None], -torch.inf).softmax(1)
        found = torch.cat((weights.transpose(1, 2) @ narrowed, narrowed[:, :1]), dim=1)
        odds: Tensor = self.told(found.flatten(1))[:, 0]
        return odds
