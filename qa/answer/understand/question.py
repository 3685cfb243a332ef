"""A question as it was typed -> one that every step can take."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from qa.errors import BadQuestion, BadRequest
from qa.records import Turn
from qa.settings import MAX_TOP_K, Settings

_STAND_IN = {"Cc": " ", "Cs": "\N{REPLACEMENT CHARACTER}"}


def clean(question: str, *, max_chars: int) -> str:
    """White space and control characters become single spaces, lone surrogates U+FFFD.

    Raises BadQuestion where nothing is asked, or more than `max_chars` characters are.
    """
    if len(question) > max_chars:
        raise BadQuestion(
            f"The question has {len(question):,} characters; at most {max_chars:,} are allowed. Ask it shorter."
        )
    words = " ".join(readable(question).split())
    if not words:
        raise BadQuestion("The question is empty. Ask something.")
    if not any(char.isalnum() for char in words):
        raise BadQuestion(f"The question {words!r} holds no word. Ask it in words.")
    return words


def readable(text: str) -> str:
    """The same text, with a space for each control character and U+FFFD for each lone surrogate.

    Such characters cannot be shown, and encoders, databases and terminals refuse them.
    """
    return "".join(_STAND_IN.get(unicodedata.category(char), char) for char in text)


def check(top_k: int | None, history: Sequence[Turn], threshold: float | None, settings: Settings) -> None:
    """Raises BadRequest where what is asked beside the question makes no sense."""
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
