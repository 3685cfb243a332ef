"""What an answer says, whatever its words: so that "two", "2" and "two meetings" agree, and 12 and 14 do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qa.english import words
from qa.english.dates import When, phrases
from qa.english.names import month_and_day
from qa.english.numbers import NUMBERS
from qa.english.verbs import in_full

from .values import Amount, amounts, without

NEAR = 0.5  # share of telling words in common from which two answers are one worded differently, numbers being equal
_NAME = re.compile(r"\b[A-Z]\w+")
_NEGATION = re.compile(r"\b(?:not|no|never|nor|without|neither)\b")


@dataclass(frozen=True, slots=True)
class Saying:
    """words: telling stems in their order, those of amounts left out. days: first and last of each date, of an answer
    that is dates and nothing else; yearless: the month and day of each, where no year is known."""

    words: tuple[str, ...]
    amounts: tuple[Amount, ...]
    negations: frozenset[str]
    names: frozenset[str]
    days: tuple[tuple[date, date], ...] = ()
    yearless: tuple[tuple[int, int], ...] = ()


def saying(text: str, whens: Sequence[When] = ()) -> Saying:
    """whens: the date phrases in the text, by their words, if what they mean is known."""
    return _saying(text, tuple(whens))


@lru_cache(maxsize=4096)
def _saying(text: str, whens: tuple[When, ...]) -> Saying:
    # Each span is asked for when it is weighed and when it is compared: kept, for a third of the time of deciding.
    counted = amounts(text)
    plain = in_full(without(text, counted).casefold())
    return Saying(
        tuple(words.in_order(plain)) or (() if counted else tuple(plain.split())),
        tuple(counted),
        frozenset(_NEGATION.findall(in_full(text.casefold()))),
        frozenset(found.group() for found in _NAME.finditer(text) if not _no_name(found.group())),
        tuple((when.first, when.last) for when in whens)
        if whens and _only(text, [w.text for w in whens])
        else (),
        () if whens else _yearless(text),
    )


def same(one: Saying, other: Saying) -> bool:
    """Equal, or one is in the other: word for word, or day in month. Another number or a "not" is another answer, and
    so is a mere word of an answer that names somebody, or one of two days."""
    if one.days and other.days:
        return len(one.days) == len(other.days) and all(map(_within, one.days, other.days))
    if one.yearless and other.yearless:
        return one.yearless == other.yearless
    if not _comparable(one, other):
        return False
    shorter, longer = sorted((one, other), key=lambda saying: len(saying.words))
    few, many = shorter.words, longer.words
    if not few:
        return bool(one.amounts) == bool(other.amounts) and (bool(one.amounts) or not many)
    if few != many and longer.names and not shorter.names and not shorter.amounts:
        return False  # "the director" does not say who
    return any(many[at : at + len(few)] == few for at in range(len(many) - len(few) + 1))


def near(one: Saying, other: Saying) -> bool:
    """The same, or so much alike that showing both would show one twice."""
    if same(one, other):
        return True
    if (one.days and other.days) or (one.yearless and other.yearless) or not _comparable(one, other):
        return False
    mine, yours, equal = set(one.words), set(other.words), min(len(one.amounts), len(other.amounts))
    every = len(mine | yours) + max(len(one.amounts), len(other.amounts))
    return every > 0 and (len(mine & yours) + equal) / every >= NEAR


def _no_name(word: str) -> bool:
    """Whether it is capital, if at all, only because a sentence begins with it."""
    return words.is_common(word) or word.casefold() in NUMBERS


def _comparable(one: Saying, other: Saying) -> bool:
    if one.negations != other.negations:
        return False
    if not one.amounts or not other.amounts:
        return True
    return len(one.amounts) == len(other.amounts) and all(map(Amount.agrees, one.amounts, other.amounts))


def _within(one: tuple[date, date], other: tuple[date, date]) -> bool:
    few, many = sorted((one, other), key=lambda days: days[1] - days[0])
    return many[0] <= few[0] and few[1] <= many[1]


def _only(text: str, dates: Sequence[str]) -> bool:
    for written in dates:
        text = text.replace(written, " ")
    return not words.in_order(text)


def _yearless(text: str) -> tuple[tuple[int, int], ...]:
    found = [(kind, text[start:end]) for kind, start, end in phrases(text)]
    if not found or any(kind not in ("day", "weekday of day") for kind, _ in found):
        return ()
    return tuple(month_and_day(written) for _, written in found) if _only(text, [w for _, w in found]) else ()
