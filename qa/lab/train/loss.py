"""Span scores of a model for a batch, and how far they are from the marked answers and from what a teacher has."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax, mse_loss
from transformers import PreTrainedModel

IGNORED = -1e4  # a logit this low has no probability in bfloat16 and does not overflow
LEAST = 1e-6  # probability that all unlikely tokens have together
DEPTH = 5 / 6  # of the layers: the states of a trained reader's last one tell little that its scores do not

Logits = tuple[torch.Tensor, torch.Tensor]  # of starts and of ends, float32, (batch, tokens)


def logits(model: PreTrainedModel, batch: dict[str, torch.Tensor]) -> Logits:
    """Question and padding are ruled out."""
    return logits_and_states(model, batch)[0]


def logits_and_states(model: PreTrainedModel, batch: dict[str, torch.Tensor]) -> tuple[Logits, torch.Tensor]:
    """`logits`, and the hidden states (batch, tokens, width) at `DEPTH`, in the model's type."""
    types = {"token_type_ids": batch["types"]} if getattr(model.config, "type_vocab_size", 1) > 1 else {}
    out = model(input_ids=batch["ids"], attention_mask=batch["mask"], output_hidden_states=True, **types)
    ruled_out = ~batch["allowed"]
    starts = out.start_logits.float().masked_fill(ruled_out, IGNORED)
    ends = out.end_logits.float().masked_fill(ruled_out, IGNORED)
    layers = out.hidden_states[1:]  # the first are the embeddings
    return (starts, ends), layers[round(DEPTH * len(layers)) - 1]


def against_answers(scores: Logits, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross entropy of the marked starts and ends, the mean of the two, of each window: (batch,)."""
    start, end = scores
    return (
        cross_entropy(start, batch["starts"], reduction="none")
        + cross_entropy(end, batch["ends"], reduction="none")
    ) / 2


def best_spans(scores: Logits) -> tuple[torch.Tensor, torch.Tensor]:
    """First and last tokens of each window's best span or null, the pair of the highest sum: (batch,) each."""
    start, end = scores
    sums = start[:, :, None] + end[:, None, :]
    impossible = torch.ones_like(sums[0], dtype=torch.bool).tril(-1)  # an end before its start
    impossible[0, 1:] = True  # a span that begins at null
    best = sums.masked_fill(impossible, -torch.inf).flatten(1).argmax(1)
    return best // sums.shape[2], best % sums.shape[2]


def overlap_f1(scores: Logits, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """F1 of the tokens of each window's best span against the marked one's; of null against null 1: (batch,)."""
    first, last = best_spans(scores)
    shared = torch.minimum(last, batch["ends"]) - torch.maximum(first, batch["starts"]) + 1
    return 2 * shared.clamp_min(0) / (last - first + batch["ends"] - batch["starts"] + 2)


def against_teacher(scores: Logits, taught: Logits, temperature: float) -> torch.Tensor:
    """Kullback-Leibler divergence from the teacher's softened distributions, the mean of starts' and ends': (batch,).

    Times the squared temperature, so that its gradient keeps its size beside `against_answers` (Hinton et al.,
    2015, "Distilling the knowledge in a neural network", section 2).
    """
    apart = [
        kl_div(
            log_softmax(own / temperature, dim=1),
            log_softmax(theirs / temperature, dim=1),
            reduction="none",
            log_target=True,
        ).sum(1)
        for own, theirs in zip(scores, taught, strict=True)
    ]
    return (apart[0] + apart[1]) / 2 * temperature**2


def against_likeliest(
    scores: Logits, places: torch.Tensor, log_p: torch.Tensor, temperature: float
) -> torch.Tensor:
    """`against_teacher` where of the teacher only the likeliest starts and ends are known: (batch,).

    places: of tokens, (batch, 2, kept), starts and ends; log_p: their log probabilities, softened by the temperature.
    All other tokens count as one.
    """
    softened = log_softmax(torch.stack(scores, dim=1) / temperature, dim=2).gather(2, places)
    theirs = log_p.exp()
    own = softened.exp() * (theirs > 0)  # places of no probability only fill up
    rest, own_rest = ((1 - p.sum(2)).clamp_min(LEAST) for p in (theirs, own))
    apart = kl_div(softened, log_p, reduction="none", log_target=True).sum(2)
    apart += rest * (rest / own_rest).log()
    return apart.mean(1) * temperature**2


def against_states(told: torch.Tensor, taught: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean squared error from a teacher's hidden states, each feature brought to mean 0 and variance 1.

    So telling a constant has an error of 1, and no feature counts more because it is larger. told: float32; told,
    taught: (batch, tokens, width); mask: (batch, tokens), 0 for padding. (Jiao et al., 2020, "TinyBERT: distilling
    BERT for natural language understanding", equation 8, of one layer and with the features brought to one scale.)
    """
    tokens = mask.bool()
    wanted = taught[tokens].float()
    wanted = (wanted - wanted.mean(0)) / wanted.std(0, correction=0).clamp_min(1e-6)
    return mse_loss(told[tokens], wanted)
