"""A text -> the language that it looks written in, as py3langid tells it (139 languages, ISO 639)."""

from __future__ import annotations

from functools import cache
from typing import Any

READ_CHARS = 4_000  # of the beginning; more text tells no more, and this much takes half a millisecond
LEAST_LETTERS = 30  # of shorter texts names alone decide
# Of a question: of 2,941 English ones (SQuAD 2.0, Natural Questions, SQuADShifts' Reddit), 4 look otherwise.
ASKED_LETTERS = 15
NO_LANGUAGE = "zxx"  # ISO 639-2: no linguistic content, such as a listing
SURE = 0.5  # of the likeliest; lists of names stay under 0.2, single sentences reach 0.5 to 1


def language_of(text: str, letters: int = LEAST_LETTERS) -> str | None:
    """Such as "de"; None where the text is too short or too mixed to tell. letters: that it takes at least."""
    read = text[:READ_CHARS]
    if sum(map(str.isalpha, read)) < letters and not _is_dense(read):
        return None
    language, probability = _identifier().classify(read)
    return str(language) if probability >= SURE and language != NO_LANGUAGE else None


def _is_dense(text: str) -> bool:
    """Whether a text is of a script of which a few characters say as much as a line of letters."""
    return (
        sum("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in text)
        >= LEAST_LETTERS / 3
    )


@cache
def _identifier() -> Any:
    from py3langid.langid import (  # unpacks its model, for the first article only
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
