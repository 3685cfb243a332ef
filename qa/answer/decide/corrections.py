"""Sentences that put something right -> which of their words no longer hold.

"Moved from 9 April to 14 May" takes back the ninth; "47 women, not 48" the 48. What was taken back is no answer to what
holds, and no second source for an older article that said it in good faith.
"""

from __future__ import annotations

import re

_MOVED = (
    r"(?:moved|postponed|rescheduled|pushed back|put back|brought forward|revised|corrected|renamed|updated)"
)
_CHANGED = rf"(?:{_MOVED}|changed|delayed|raised|lowered|cut|increased|reduced|shortened|extended)"
_WORDS = r"[^,;.!?\n]{1,60}?"
_REST = r"[^,;.!?\n]{1,40}"
_BEFORE = r"(?:originally|previously|initially|earlier|first|wrongly|mistakenly|incorrectly)"
_SAID = r"(?:reported|said|stated|announced|given|thought|planned|set|scheduled|put)"
_TAKEN_BACK = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_CHANGED}\b(?: \w+){{0,4}}? from (?P<old>{_WORDS}) (?:to|until)\b",
        rf"(?:,| and) not (?P<old>{_REST})",
        rf"\b(?:instead of|rather than) (?P<old>{_REST})",
        rf"\bnot (?P<old>(?:the )?{_WORDS})(?: \w+)? (?:as|that|which) (?:was |were |had been |we |it )*"
        rf"(?:{_BEFORE} )?{_SAID}",
        rf"\b{_BEFORE} {_SAID}(?: \w+){{0,3}}? (?:as|at|for|to be|that) (?P<old>{_REST})",
    )
)
_SAYS_SO = re.compile(
    rf"\b(?:correct(?:ed|ion|s)|clarif(?:ied|ication|ies)|retract(?:ed|ion|s)|withdr(?:ew|awn)|no longer|{_MOVED}|"
    rf"instead of|rather than|{_BEFORE} {_SAID}|earlier (?:reports?|versions?|figures?|counts?))\b|, not ",
    re.IGNORECASE,
)
# What asks for the former state is answered by what was taken back.
FORMER = re.compile(
    r"\b(?:original(?:ly)?|initial(?:ly)?|previous(?:ly)?|former(?:ly)?|earlier|at first|first|before|old|used to)\b",
    re.IGNORECASE,
)


def corrects(sentence: str) -> bool:
    """Whether a sentence puts right what was said before, or tells that it changed."""
    return _SAYS_SO.search(sentence) is not None


def taken_back(sentence: str) -> list[tuple[int, int]]:
    """[start, end) of the words of a sentence that it says hold no longer."""
    return [match.span("old") for pattern in _TAKEN_BACK for match in pattern.finditer(sentence)]
