"""Number words."""

from __future__ import annotations

UNITS = dict(zip("zero one two three four five six seven eight nine".split(), range(10), strict=True))
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBERS = (  # ascending
    UNITS
    | {word: 10 + at for at, word in enumerate(_TEENS)}
    | {word: 20 + 10 * at for at, word in enumerate(TENS)}
)
SMALL = tuple(NUMBERS)[:21]  # to twenty; each stands at its value
SCALES = ("hundred", "thousand", "million", "billion", "trillion", "dozen")
