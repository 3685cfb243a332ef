"""Every choice of the reader's training, in one place.

Files are those of the training sets; a weight is how often a pass over the data holds each of a file's windows: below
1 a share drawn anew for each pass.
"""

from __future__ import annotations

from dataclasses import dataclass

MAIN = "squad-2.0-train-rebuilt"


@dataclass(frozen=True, slots=True)
class Recipe:
    weights: tuple[tuple[str, float], ...] = (
        (MAIN, 1.0),
        ("tydiqa-en-goldp", 1.0),
        ("nq-qed", 1.0),
        ("nq-open-gold", 1.0),
        ("clapnq-dev-unanswerable", 1.0),
        # One in five is answerable, but without it no question of Natural Questions' kind, which has no "?", is null.
        ("nq-answerability", 0.5),
        ("squadshifts-new-wiki", 1.0),
        ("squadshifts-reddit", 0.25),
        ("squadshifts-amazon-reviews", 0.25),
        ("qamr-wiki", 0.1),
        ("quoref-contrast", 0.5),
        ("fairytaleqa-explicit", 0.3),
        ("condaqa-span-and-dontknow", 0.5),
        ("musique-answerability", 0.15),
    )
    # Every tenth of the sorted titles of the main file, beginning with the first; a tenth of the others' paragraphs.
    held_out: int = 10
    question_tokens: int = 64
    # Of question and context together: 97 % of the contexts fit whole.
    window_tokens: int = 320
    # Share of the windows cut from a longer context that are laid so that they hold the answer.
    around_answer: float = 0.85
    # A pass is learnt in rounds; within one, windows of like length stand together.
    rounds_per_pass: int = 8
    # Of a step: its parts are padded each by itself, and weigh the same.
    tokens_per_part: int = 2048
    parts_per_step: int = 2
    early_layers: tuple[int, ...] = (3, 4)
    # Of the early heads' losses together, beside the last layer's.
    early_weight: float = 0.2
    # Weights that have read before lose by more; the backbone alone may take twice as much.
    learning_rate: float = 1e-4
    weight_decay: float = 0.01
    clip: float = 1.0
    warmup_steps: int = 300
    # Steps at a constant rate, warm-up included; the decay to zero then takes `decay_steps` more: three passes in all.
    constant_steps: int = 13_500
    decay_steps: int = 2_700
    average_decay: float = 0.998
    # Pieces that the product found for a training question, nine of ten of which do not answer it, are this share of
    # a round's windows. Those of a question stand together, and the loss over all of them is added at this weight.
    retrieved_share: float = 0.25
    shared_weight: float = 0.5
    seed: int = 7
