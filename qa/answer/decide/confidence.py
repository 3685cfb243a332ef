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
_FAR = 60.0  # a margin, beyond all that readers give
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """weights: by feature name, 0 for one that is not named. threshold: the confidence from which to answer.
    perhaps: the confidence from which to tell the likeliest words as a guess; by default no guess is made.

    answered_weights, answered_bias: of the log odds that a question is answered, over its likeliest candidate. unsaid:
    the probability of that below which it is said that the articles do not answer; by default it never is.

    unanswerable: the share of questions without an answer that it was fitted for. more: how many times as high as that
    the odds of no answer are held to be (see `expecting`).
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
    unanswerable: float = 1 / 3
    more: float = 1.0

    def score(self, candidate: Candidate) -> float:
        """Log odds, before the scale is corrected; candidates are ranked by it."""
        return self.bias + _weighed(self.weights, candidate)

    def confidence(self, candidate: Candidate) -> float:
        """The frequency (0..1) with which an answer like this, standing first, is right."""
        right = _probability(self.slope * self.score(candidate) + self.offset)
        return _by_bayes(right, self._answered(candidate), self.more)

    def answered(self, best: Candidate | None) -> float:
        """The probability (0..1) that the articles answer, by their likeliest candidate; one half without any."""
        if best is None:
            return 0.5
        answered = self._answered(best)
        return _by_bayes(answered, answered, self.more)

    def _answered(self, best: Candidate) -> float:
        return _probability(self.answered_bias + _weighed(self.answered_weights, best))

    def expecting(self, share: float) -> ConfidenceModel:
        """The same, where `share` (0..1) of the questions has no answer: both probabilities by Bayes' rule, and the
        threshold where answering treats as many questions rightly as refusing does. What was fitted without knowing how
        likely an answer is stays as it is."""
        if not self.answered_weights or share == self.unanswerable:
            return self
        more = share / (1 - share) * (1 - self.unanswerable) / self.unanswerable
        return replace(self, more=more, threshold=self._even(more))

    def _even(self, more: float) -> float:
        """The threshold where the odds of no answer are so many times as high, along the margin, all else being 0."""

        def at(margin: float) -> tuple[float, float]:
            score = self.bias + self.weights["margin"] * margin
            answered = _probability(self.answered_bias + self.answered_weights["margin"] * margin)
            return _probability(self.slope * score + self.offset), answered

        score = (math.log(self.threshold / (1 - self.threshold)) - self.offset) / self.slope
        right, answered = at((score - self.bias) / self.weights["margin"])
        # What answering wins over what refusing does, as it was fitted.
        wanted = more * right / (1 - answered)
        low, high = -_FAR, _FAR
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            right, answered = at(middle)
            low, high = (middle, high) if right / (1 - answered) < wanted else (low, middle)
        return _by_bayes(*at(low), more)

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
                **{of.name: told[of.name] for of in fields(cls) if of.name != "more"},
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelMissing(
                "the confidence model", str(file), f"{type(error).__name__}: {error}. {advice}"
            ) from error

    @classmethod
    def of_margin(cls, steepness: float, threshold: float = 0.0) -> ConfidenceModel:
        """For a reader that nothing was fitted for: its null margin alone counts, and reads one half at `threshold`."""
        return cls({"margin": steepness}, -steepness * threshold, 1.0, 0.0, 0.5, perhaps=0.25)


def _by_bayes(probability: float, answered: float, more: float) -> float:
    """Of what only a question with an answer can have, where the odds of no answer are `more` times as high."""
    return probability / (answered + (1 - answered) * more)


def _weighed(weights: Mapping[str, float], candidate: Candidate) -> float:
    return sum(
        weights.get(name, 0.0) * float(value) for name, value in zip(NAMES, candidate.values, strict=True)
    )


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
