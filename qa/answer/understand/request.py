"""All that somebody asks with a question, checked: what cannot be asked never waits for its turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.errors import BadRequest
from qa.filters import Filters
from qa.records import Turn
from qa.settings import MAX_TOP_K, Settings

from .typed import clean, readable


@dataclass(frozen=True, slots=True)
class Request:
    """Equal ones get equal answers from one index.

    typed: the question as it was typed. text: the same in words and single spaces. top_k: passages to read. threshold:
    the confidence (0..1) from which to answer; None: the fitted one. today: what "yesterday" counts from.
    """

    typed: str
    text: str
    history: tuple[Turn, ...]
    top_k: int
    filters: Filters
    threshold: float | None
    explain: bool
    today: date

    @classmethod
    def of(
        cls,
        question: str,
        history: Sequence[Turn] = (),
        settings: Settings | None = None,
        *,
        top_k: int | None = None,
        published_after: str | date | None = None,
        published_before: str | date | None = None,
        source: str | None = None,
        folder: str | None = None,
        article: str | None = None,
        threshold: float | None = None,
        explain: bool = False,
        today: date | None = None,
    ) -> Request:
        """Raises BadQuestion where nothing is asked or too much, BadRequest where the rest makes no sense."""
        settings = settings or Settings()
        _check(top_k, history, threshold, settings)
        text = clean(question, max_chars=settings.question_chars)
        return cls(
            typed=readable(question),
            text=text,
            history=tuple(history),
            top_k=settings.top_k if top_k is None else top_k,
            filters=Filters.of(published_after, published_before, source, folder, article),
            threshold=threshold,
            explain=explain,
            today=today or date.today(),
        )


def _check(top_k: int | None, history: Sequence[Turn], threshold: float | None, settings: Settings) -> None:
    whole = isinstance(top_k, int) and not isinstance(top_k, bool)
    if top_k is not None and not (whole and 1 <= top_k <= MAX_TOP_K):
        raise BadRequest(f"top_k is {top_k!r}; it must be a whole number from 1 to {MAX_TOP_K}.")
    if len(history) > settings.history_turns:
        raise BadRequest(
            f"history has {len(history)} turns; at most {settings.history_turns} are allowed. Send the last ones."
        )
    number = isinstance(threshold, (int, float)) and not isinstance(threshold, bool)
    if threshold is not None and not (number and 0 <= threshold <= 1):
        raise BadRequest(f"threshold is {threshold!r}; it must be a number from 0 to 1.")
