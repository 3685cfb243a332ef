"""Whether a span has the form of the kind of answer that was asked for."""

from __future__ import annotations

import re

from qa.answer.understand.kind import Kind
from qa.english.calendar import MONTHS, WEEKDAYS, YEAR
from qa.english.numbers import NUMBERS, SCALES

_NUMBER = re.compile(  # the 6th is none of six
    rf"\d(?!\d*(?:st|nd|rd|th)\b)|\b(?:{'|'.join(NUMBERS)}|(?:{'|'.join(SCALES)})s?|no|none|half|third|quarter|several|many|few|couple|both|"
    r"single|once|twice|all|most|pair|every|doubled?|tripled?|halved?|free)\b",
    re.IGNORECASE,
)
# "by 2023" tells no amount, "2023 houses" does; nor does a year alone, if the words before it say that it is one.
_DATED = rf"(?:\b(?:(?i:in|by|since|until|from|as soon as|early|late)|{'|'.join(MONTHS)}) |\()"
_BEFORE_YEAR = re.compile(rf"{_DATED}$")
_YEAR = re.compile(rf"{_DATED}{YEAR}s?\b")
_DURATION = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|months?|years?|decades?|century|centuries|"
    r"lifetime|forever|long|short|until|since|permanently|indefinitely|briefly)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?:^|[\s(“\"'‘-])[A-ZÀ-ÞА-Я]")


def fit(kind: Kind, answer: str, before: str = "") -> int:
    """1: the answer has the form asked for; -1: it has not; 0: the kind asks for no form. before: the text before it.

    Forms are generous: -1 is meant for what is surely amiss, such as no number for how many, or a day for a name.
    """
    if kind in (Kind.HOW_MANY, Kind.HOW_MUCH):
        dated = _BEFORE_YEAR.search(before)
        return _sign(_NUMBER.search(_YEAR.sub(" ", (dated.group() if dated else "") + answer)) is not None)
    if kind is Kind.HOW_LONG:
        return _sign(_DURATION.search(answer) is not None or _NUMBER.search(answer) is not None)
    if kind is Kind.NAME:
        return _sign(not _is_date(answer) and _CAPITAL.search(_without_article(answer)) is not None)
    return 0


def _without_article(answer: str) -> str:
    """The answer less a first word that is capital only because a sentence begins there."""
    return re.sub(r"^(?:the|an?|his|her|their|its|this|that|one|some)\s+", "", answer, flags=re.IGNORECASE)


def _sign(fits: bool) -> int:
    return 1 if fits else -1


def _is_date(answer: str) -> bool:
    """Nothing but a date: a weekday, a month, a day of one."""
    return (
        re.fullmatch(
            rf"(?:on |in )?(?:(?:{'|'.join((*WEEKDAYS, *MONTHS))}|\d+(?:st|nd|rd|th)?|of|,)\W*)+",
            answer,
            re.IGNORECASE,
        )
        is not None
    )
