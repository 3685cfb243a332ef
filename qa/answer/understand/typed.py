"""A question as it was typed -> one that every step can take."""

from __future__ import annotations

import unicodedata

from qa.errors import BadQuestion, NoWord

_STAND_IN = {"Cc": " ", "Cs": "\N{REPLACEMENT CHARACTER}"}


def clean(question: str, *, max_chars: int) -> str:
    """White space and control characters become single spaces, lone surrogates U+FFFD.

    Raises BadQuestion where nothing is asked, NoWord where no word is, BadQuestion where more than `max_chars`
    characters are.
    """
    if not isinstance(question, str):
        raise BadQuestion(f"The question is {type(question).__name__}; it must be text.")
    if len(question) > max_chars:
        raise BadQuestion(
            f"The question has {len(question):,} characters; at most {max_chars:,} are allowed. Ask it shorter."
        )
    words = " ".join(readable(question).split())
    if not words:
        raise (NoWord if question else BadQuestion)("The question is empty. Ask something.")
    if not any(char.isalnum() for char in words):
        raise NoWord(f"The question {words!r} holds no word. Ask it in words.")
    return words


def readable(text: str) -> str:
    """The same text, with a space for each control character and U+FFFD for each lone surrogate.

    Such characters cannot be shown, and encoders, databases and terminals refuse them.
    """
    return "".join(_STAND_IN.get(unicodedata.category(char), char) for char in text)
