"""A span's words -> the amounts in them: numbers with their scale, unit and qualifier, so that "$449K" is "$449,000".

An amount is a stretch of numbers, [low, high]: of "47" a point, of "6.5 to 8 billion" what lies between, and of "more
than 40" or "nearly 40" what a reporter who knows the number may call so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.english.numbers import ABBREVIATED, NUMBERS, SCALES, TENS, UNITS

_SCALES = SCALES | {short: SCALES[scale] for short, scale in ABBREVIATED.items()}
_SCALE_WORD = "|".join(SCALES)
_UNITS = {
    "%": "percent",
    **dict.fromkeys(("per cent", "percent", "pct"), "percent"),
    **dict.fromkeys(("$", "us$", "dollar", "usd"), "dollar"),
    **dict.fromkeys(("£", "pound", "gbp"), "pound"),
    **dict.fromkeys(("€", "euro", "eur"), "euro"),
}
_COMPOUND = rf"(?:{'|'.join(TENS)})[- ](?:{'|'.join(list(UNITS)[1:])})"
_PLAIN = "|".join(sorted(NUMBERS, key=len, reverse=True))
_NUMBER = (
    rf"(?:\d+(?:[,\u00a0\u202f]\d{{3}})*(?:\.\d+)?"
    rf"|\b(?i:{_COMPOUND}|{_PLAIN}|an?(?=\s(?:{_SCALE_WORD})\b))\b)"
)
# A lone letter is a scale only right behind a number, and "m" only of money: "5m" is also a length.
_SCALE = rf"(?:[\s-]?\b(?i:{_SCALE_WORD})s?\b|\s?(?:mn|bn|tn)\b|[KkMB]\b)"
_CURRENCY = r"(?:US\$|[$£€]|\b(?:USD|GBP|EUR)\s)"
_UNIT = r"(?:\s?%|\s?\b(?i:per\s?cent|pct|(?:US )?dollars?|pounds?|euros?)\b)"


def _one(n: int) -> str:
    return (
        rf"(?P<currency{n}>{_CURRENCY}\s?)?(?P<number{n}>{_NUMBER})"
        rf"(?P<scale{n}>{_SCALE}*(?(currency{n})(?:\s?[kmb]\b)?))(?P<unit{n}>{_UNIT})?"
    )


_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<between>\b[Bb]etween\s)?{_one(1)}(?:\s?(?P<to>-|–|—|\bto\b|\bor\b|(?(between)\band\b|\bto\b))\s?{_one(2)})?(?!\w|[.,]\d)"
)
_FROM, _UP_TO, _ALMOST, _ABOUT = "from", "up to", "almost", "about"
_QUALIFIERS = (
    (_FROM, r"more than|over|at least|upwards of|no (?:fewer|less) than|not less than|above|exceeding"),
    (_UP_TO, r"less than|fewer than|under|at most|up to|no more than|as (?:many|much) as|below"),
    (_ALMOST, r"almost|nearly|close to|just (?:under|over)"),
    (_ABOUT, r"about|around|some|roughly|approximately|an estimated|circa"),
)
QUALIFIER = re.compile(
    rf"\b(?:{'|'.join(f'(?P<q{at}>{words})' for at, (_, words) in enumerate(_QUALIFIERS))})\s+$",
    re.IGNORECASE,
)
# How far from a number what is said of it reaches: "more than 40" is hardly said of 61, "almost 40" of 35.
_MORE, _ROUND = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class Amount:
    """unit: "percent", a currency, or "" of what its own words tell. [start, end): of its words, qualifier included."""

    low: float
    high: float
    unit: str
    start: int = 0
    end: int = 0

    def agrees(self, other: Amount) -> bool:
        """Whether one and the same number may be meant."""
        units = self.unit == other.unit or "" in (self.unit, other.unit)
        return units and self.low <= other.high and other.low <= self.high


def amounts(text: str) -> list[Amount]:
    """In the text's order. A number that is part of a word or of an ordinal ("3rd") is none."""
    return [amount for match in _AMOUNT.finditer(text) for amount in _of(text, match)]


def without(text: str, found: list[Amount]) -> str:
    """The text less the words of these amounts."""
    for amount in reversed(found):
        text = f"{text[: amount.start]} {text[amount.end :]}"
    return text


def _of(text: str, match: re.Match[str]) -> list[Amount]:
    unit = next(
        (_unit(match[name]) for name in ("currency1", "unit1", "currency2", "unit2") if match[name]), ""
    )
    low = high = _value(match["number1"], match["scale1"])
    if match["number2"] is not None:
        high = _value(match["number2"], match["scale2"])
        low = low if match["scale1"] or low > high else _value(match["number1"], match["scale2"])
        if low >= high:  # a score, not a range
            middle = match.start("to")
            return [
                Amount(low, low, unit, match.start(), middle),
                Amount(high, high, unit, middle, match.end()),
            ]
    start = match.start()
    before = QUALIFIER.search(text[:start])
    if before:
        start = before.start()
        low, high = _qualified(
            low, high, next(of for at, (of, _) in enumerate(_QUALIFIERS) if before[f"q{at}"])
        )
    return [Amount(low, high, unit, start, match.end())]


def _qualified(low: float, high: float, how: str) -> tuple[float, float]:
    if how == _FROM:
        return low, high * (1 + _MORE)
    if how == _UP_TO:
        return low * (1 - _MORE), high
    return low * (1 - _ROUND), high * (1 + _ROUND) if how == _ABOUT else high


def _value(number: str, scales: str) -> float:
    plain = re.sub(r"[,\u00a0\u202f]", "", number.casefold())
    if plain[0].isdigit():
        value = float(plain)
    elif plain in ("a", "an"):
        value = 1.0
    else:
        value = float(sum(NUMBERS[part] for part in re.split(r"[- ]", plain)))
    for scale in re.findall(r"[a-z]+", scales.casefold()):
        value *= _SCALES[scale.removesuffix("s")]
    return value


def _unit(written: str) -> str:
    plain = re.sub(r"\s+", " ", written.casefold()).strip()
    if plain.replace(" ", "") == "percent":
        return "percent"
    return _UNITS[plain.removeprefix("us ").removesuffix("s")]
