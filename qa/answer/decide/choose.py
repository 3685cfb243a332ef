"""Candidates -> an answer with its confidence and what others say instead; or a guess; or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qa.answer.understand.wanted import AnswerType
from qa.records import Span

from .agree import Said, answers, corrected
from .boundaries import enumerates
from .confidence import ConfidenceModel
from .features import Candidate
from .meaning import near, saying

# The share of the answer's confidence that something else needs to stand beside it as what other articles say. Of two
# that contradict one another neither is likely alone, but they are nearly as likely as each other; a rival just above
# the threshold beside a likely answer came and went with the number format that the reader computes in.
COMPARABLE = 0.7


@dataclass(frozen=True, slots=True)
class Decision:
    """spans: where the answer stands, best first, all saying the same, or of a list each saying a part; none where
    there is no answer. parts: how many of the first spans make the answer together, more than one only of a list.
    alternatives: what other articles say instead, newest first. guess: what is likeliest, where that is not likely
    enough for an answer and yet worth telling. answered: the probability (0..1) that the articles answer at all;
    unsaid: whether it is so low that they are said not to."""

    spans: tuple[Span, ...]
    confidence: float  # 0..1; 0 where there is no answer
    type: AnswerType | None = None
    parts: int = 1
    alternatives: tuple[Said, ...] = ()
    guess: Said | None = None
    answered: float = 0.5
    unsaid: bool = False

    @property
    def text(self) -> str | None:
        return ", ".join(span.text for span in self.spans[: self.parts]) if self.spans else None

    @property
    def sureness(self) -> tuple[bool, float]:
        """To compare decisions by: an answer before a guess, then the confidence."""
        return bool(self.spans), self.guess.confidence if self.guess else self.confidence


def decide(
    candidates: Sequence[Candidate],
    model: ConfidenceModel,
    threshold: float | None = None,
    *,
    wanted: AnswerType = AnswerType.SPAN,
    latest: bool = False,
    published: Mapping[str, date | None] | None = None,
) -> Decision:
    """The candidate most likely right, where that is likely enough; with it what says the same in other articles.

    threshold: the confidence from which to answer, by default the model's. latest: of several answers that are likely
    enough, the one from the newest article. published: each article's day.
    """
    threshold = model.threshold if threshold is None else threshold
    published = published or {}
    ranked = rank(candidates, model)
    answered = model.answered(ranked[0] if ranked else None)
    found = answers(ranked, model, threshold, published)
    if not found:
        guesses = answers(ranked[:1], model, min(model.perhaps, threshold), published)
        guess = guesses[0] if guesses else None
        unsaid = guess is None and answered < model.unsaid
        return Decision((), 0.0, guess=guess, answered=answered, unsaid=unsaid)
    found = corrected(found, published, model.threshold)
    best = max(found, key=lambda said: said.newest(published)) if latest else found[0]
    rivals = (said for said in found if said is not best and _comparable(said, best))
    others = sorted(rivals, key=lambda said: said.newest(published))
    spans, parts, type_ = best.spans, 1, wanted
    if wanted is AnswerType.LIST:
        together = _together(best.spans[0], ranked, model, threshold)
        parts = len(together)
        spans = together if parts > 1 else spans
        type_ = AnswerType.LIST if parts > 1 or enumerates(spans[0].text) else AnswerType.SPAN
    return Decision(spans, best.confidence, type_, parts, tuple(reversed(others)), answered=answered)


def _comparable(said: Said, best: Said) -> bool:
    """Whether it is to be shown beside the answer: it is nearly as likely, or the two are the older and the newer of
    what was put right."""
    corrected = said.superseded or said.corrects or best.corrects
    return corrected or said.confidence >= COMPARABLE * best.confidence


def rank(candidates: Sequence[Candidate], model: ConfidenceModel) -> list[Candidate]:
    """Most likely right first; equal ones in the order given."""
    return sorted(candidates, key=lambda candidate: -model.score(candidate))


def _together(
    best: Span, ranked: Sequence[Candidate], model: ConfidenceModel, threshold: float
) -> tuple[Span, ...]:
    """The best span and what else its passage answers, in the passage's order, each likely enough by itself.

    A span that is an enumeration stands alone: its passage has said it all at once.
    """
    if enumerates(best.text):
        return (best,)
    kept = [best]
    for candidate in ranked:
        span = candidate.span
        if model.confidence(candidate) < threshold or span.passage.id != best.passage.id:
            continue
        apart = all(span.end <= k.start or span.start >= k.end for k in kept)
        if apart and not any(near(saying(span.text), saying(k.text)) for k in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))
