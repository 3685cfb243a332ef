"""How sure an answer is: two logistic models over the candidates' features, fitted on held-out training questions.

P(right) = sigmoid(slope * (weights . x + bias) + offset). The inner model ranks candidates; slope and offset put the
best one's score on the scale of frequencies, "70 %" being right seven times in ten (Platt, 1999): the best of many
is right less often than its own score says. P(answered), that the articles answer at all, by whatever words, is
another question: a span may be too short or of the wrong person where the answer stands beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from qa.errors import ModelMissing

from .features import NAMES, Candidate

FILE = "confidence.json"


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """weights: by feature name, 0 for one that is not named. threshold: the confidence from which to answer.
    perhaps: the confidence from which to tell the likeliest words as a guess; by default no guess is made.

    answered_weights, answered_bias: of the log odds that a question is answered, over its likeliest candidate. unsaid:
    the probability of that below which it is said that the articles do not answer; by default it never is.
    """

    weights: Mapping[str, float]
    bias: float
    slope: float
    offset: float
    threshold: float
    perhaps: float = 1.0
    answered_weights: Mapping[str, float] = field(default_factory=dict)
    answered_bias: float = 0.0
    unsaid: float = 0.0

    def score(self, candidate: Candidate) -> float:
        """Log odds, before the scale is corrected; candidates are ranked by it."""
        return self.bias + _weighed(self.weights, candidate)

    def confidence(self, candidate: Candidate) -> float:
        """The frequency (0..1) with which an answer like this, standing first, is right."""
        return _probability(self.slope * self.score(candidate) + self.offset)

    def answered(self, best: Candidate | None) -> float:
        """The probability (0..1) that the articles answer, by their likeliest candidate; one half without any."""
        return _probability(self.answered_bias + _weighed(self.answered_weights, best)) if best else 0.5

    def without(self, *names: str) -> ConfidenceModel:
        """The same model, blind to these features."""
        return replace(self, weights={n: w for n, w in self.weights.items() if n not in names})

    @classmethod
    def load(cls, folder: Path) -> ConfidenceModel:
        """The model saved with a reader. Raises ModelMissing where it is missing or made for other features."""
        file = folder / FILE
        advice = "Install Verbatim again, or fit it with: python -m qa.lab.fit.confidence"
        try:
            told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            unknown = sorted(set(told["weights"]) - set(NAMES))
            if unknown:
                raise ModelMissing("the confidence model", str(file), f"It weighs {unknown}. {advice}")
            return cls(
                **{of.name: told[of.name] for of in fields(cls)},
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelMissing(
                "the confidence model", str(file), f"{type(error).__name__}: {error}. {advice}"
            ) from error

    @classmethod
    def of_margin(cls, steepness: float, threshold: float = 0.0) -> ConfidenceModel:
        """For a reader that nothing was fitted for: its null margin alone counts, and reads one half at `threshold`."""
        return cls({"margin": steepness}, -steepness * threshold, 1.0, 0.0, 0.5, perhaps=0.25)


def _weighed(weights: Mapping[str, float], candidate: Candidate) -> float:
    return sum(
        weights.get(name, 0.0) * float(value) for name, value in zip(NAMES, candidate.values, strict=True)
    )


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
