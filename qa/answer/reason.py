"""Why there is no answer, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..records import Hit
from .named import Named, find

NOTHING_ABOUT_IT = "Nothing in the articles is about this."
NOT_SAID = "The closest passages are about this, but none of them says."
RELATED_COSINE = 0.35  # below it, MiniLM's nearest passages of a collection on other matters are found


def no_answer(question: str, hits: Sequence[Hit], occurs: Callable[[Named], bool]) -> str:
    """The most telling reason that holds. occurs: whether anything in the articles names the same thing."""
    absent = [named.text for named in find(question) if not occurs(named)]
    if absent:
        return f"The articles do not mention {_listed(absent)}."
    if not any(hit.cosine is not None and hit.cosine >= RELATED_COSINE for hit in hits):
        return NOTHING_ABOUT_IT
    return NOT_SAID


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
