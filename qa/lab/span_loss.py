"""Span scores of a model for a batch, and how far they are from the marked answers and from a teacher's scores."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax
from transformers import PreTrainedModel

IGNORED = -1e4  # a logit this low has no probability in bfloat16 and does not overflow

Logits = tuple[torch.Tensor, torch.Tensor]  # of starts and of ends, float32, (batch, tokens)


def logits(model: PreTrainedModel, batch: dict[str, torch.Tensor]) -> Logits:
    """Question and padding are ruled out."""
    types = {"token_type_ids": batch["types"]} if getattr(model.config, "type_vocab_size", 1) > 1 else {}
    out = model(input_ids=batch["ids"], attention_mask=batch["mask"], **types)
    ruled_out = ~batch["allowed"]
    return (
        out.start_logits.float().masked_fill(ruled_out, IGNORED),
        out.end_logits.float().masked_fill(ruled_out, IGNORED),
    )


def against_answers(scores: Logits, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross entropy of the marked starts and ends, the mean of the two."""
    start, end = scores
    return (cross_entropy(start, batch["starts"]) + cross_entropy(end, batch["ends"])) / 2


def against_teacher(scores: Logits, taught: Logits, temperature: float) -> torch.Tensor:
    """Kullback-Leibler divergence from the teacher's softened distributions, the mean of starts' and ends'.

    Times the squared temperature, so that its gradient keeps its size beside `against_answers` (Hinton et al.,
    2015, "Distilling the knowledge in a neural network", section 2).
    """
    apart = [
        kl_div(
            log_softmax(own / temperature, dim=1),
            log_softmax(theirs / temperature, dim=1),
            reduction="batchmean",
            log_target=True,
        )
        for own, theirs in zip(scores, taught, strict=True)
    ]
    return (apart[0] + apart[1]) / 2 * temperature**2
