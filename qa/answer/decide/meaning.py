"""What an answer says, whatever its words: so that "two", "2" and "two meetings" agree, and 12 and 14 do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.english import words
from qa.english.dates import When
from qa.english.numbers import NUMBERS, TENS, UNITS

NEAR = 0.5  # share of telling words in common from which two answers are one worded differently, numbers being equal
_COMPOUND = re.compile(rf"\b({'|'.join(TENS)})[- ]({'|'.join(list(UNITS)[1:])})\b")
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(NUMBERS)})\b")
_NAME = re.compile(r"\b[A-Z]\w+")
_NEGATION = re.compile(r"\b(?:not|no|never|nor|without|neither|cannot)\b|n[’']t\b")


@dataclass(frozen=True, slots=True)
class Saying:
    """words: telling stems in their order, numbers as digits. days: first and last, of an answer that is a date and
    nothing else."""

    words: tuple[str, ...]
    numbers: frozenset[str]
    negations: frozenset[str]
    names: frozenset[str]
    days: tuple[date, date] | None = None


def saying(text: str, whens: Sequence[When] = ()) -> Saying:
    """whens: the date phrases in the text, by their words, if what they mean is known."""
    plain = _digits(text.casefold())
    rest = text
    for when in whens:
        rest = rest.replace(when.text, " ")
    only_days = len(whens) > 0 and not words.in_order(rest)
    return Saying(
        tuple(words.in_order(plain)) or tuple(plain.split()),
        frozenset(re.findall(r"\d+(?:\.\d+)?", plain)),
        frozenset(_NEGATION.findall(plain)),
        frozenset(found.group() for found in _NAME.finditer(text) if not _plain(found.group())),
        (min(w.first for w in whens), max(w.last for w in whens)) if only_days else None,
    )


def same(one: Saying, other: Saying) -> bool:
    """Equal, or one is in the other: word for word, or day in month. Another number or a "not" is another answer, and
    so is a mere word of an answer that names somebody."""
    if one.days and other.days:
        few_days, many_days = sorted((one.days, other.days), key=lambda days: days[1] - days[0])
        return many_days[0] <= few_days[0] and few_days[1] <= many_days[1]
    if not _comparable(one, other):
        return False
    shorter, longer = sorted((one, other), key=lambda saying: len(saying.words))
    few, many = shorter.words, longer.words
    if few != many and longer.names and not shorter.names and not shorter.numbers:
        return False  # "the director" does not say who
    return any(many[at : at + len(few)] == few for at in range(len(many) - len(few) + 1))


def near(one: Saying, other: Saying) -> bool:
    """The same, or so much alike that showing both would show one twice."""
    if same(one, other):
        return True
    if (one.days and other.days) or not _comparable(one, other):
        return False
    mine, yours = set(one.words), set(other.words)
    return len(mine & yours) / len(mine | yours) >= NEAR


def _plain(word: str) -> bool:
    """Whether it is capital, if at all, only because a sentence begins with it."""
    return words.is_common(word) or word.casefold() in NUMBERS


def _comparable(one: Saying, other: Saying) -> bool:
    both_count = bool(one.numbers) and bool(other.numbers)
    return one.negations == other.negations and not (both_count and one.numbers != other.numbers)


def _digits(text: str) -> str:
    """Number words as digits up to 99, no marks between thousands, "%" as a word."""
    text = re.sub(r"(?<=\d)[,\u00a0\u202f](?=\d{3}\b)", "", text)
    text = re.sub(r"\s*%|\bper cent\b", " percent", text)
    text = _COMPOUND.sub(lambda found: str(NUMBERS[found[1]] + NUMBERS[found[2]]), text)
    return _WORD_NUMBER.sub(lambda found: str(NUMBERS[found[0]]), text)
