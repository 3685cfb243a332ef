"""A number -> the numeral that a list's marker shows, by the name of its form."""

from __future__ import annotations

from collections.abc import Callable

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
MOST_ROMAN = 3999
MOST_LETTERS = 26**3  # no list goes beyond, and Word's and a browser's letters differ from 27 on


def letters(number: int) -> str:
    """a to z, aa, ab; what has no letters is in figures, as browsers have it."""
    if not 1 <= number <= MOST_LETTERS:
        return str(number)
    told = ""
    while number:
        number, last = divmod(number - 1, 26)
        told = chr(ord("a") + last) + told
    return told


def roman(number: int) -> str:
    """In small letters."""
    if not 1 <= number <= MOST_ROMAN:
        return str(number)
    told = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        told += sign * count
    return told


def numeral(form: str, number: int) -> str:
    """form: "1", "a", "A", "i", "I" or "01", as HTML and OpenDocument call the first five; any other is "1"."""
    made: dict[str, Callable[[int], str]] = {
        "a": letters,
        "A": lambda one: letters(one).upper(),
        "i": roman,
        "I": lambda one: roman(one).upper(),
        "01": lambda one: f"{one:02}",
    }
    return made.get(form, str)(number)
