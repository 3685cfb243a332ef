"""Templates for amounts (after CheckList, Ribeiro et al., 2020): what is one, what it is worth, what agrees with it."""

from __future__ import annotations

import pytest

from qa.answer.decide.values import Amount, amounts
from qa.english.numbers import NUMBERS, SCALES

SENTENCES = (
    "{}",
    "It took {} of them.",
    "Some say {}, others more.",
    "“{}”, she said.",
    "After that {} were left.",
)
WORTH = {  # one number, written in ways that mean the same
    40: ("40", "forty", "Forty", "40.0"),
    25: ("25", "twenty-five", "twenty five", "Twenty-five"),
    1_200: ("1200", "1,200", "1.2 thousand", "12 hundred", "twelve hundred"),
    6_000_000: ("6 million", "6,000,000", "six million", "6 mn", "6mn"),
    2_500_000_000: ("2.5 billion", "2.5bn", "2,500 million", "2.5 Billion"),
    10**12: ("1 trillion", "a trillion", "one trillion", "1tn", "a thousand billion"),
    24: ("two dozen", "2 dozen", "24", "twenty-four"),
}
WAYS = [(value, written) for value, ways in WORTH.items() for written in ways]


def _one(text: str) -> Amount:
    (amount,) = amounts(text)
    return amount


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(("value", "written"), WAYS)
def test_a_number_is_worth_the_same_however_and_wherever_it_is_written(
    sentence: str, value: int, written: str
) -> None:
    amount = _one(sentence.format(written))
    assert amount.low == pytest.approx(value)
    assert amount.high == pytest.approx(value)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("number", ["two", "seven", "twelve", "forty", "ninety-nine"])
def test_a_scale_multiplies_the_word_before_it(number: str, scale: str) -> None:
    count = sum(NUMBERS[part] for part in number.split("-"))
    assert _one(f"{number} {scale} ships").low == count * SCALES[scale]


@pytest.mark.parametrize("number", ["5", "five", "1,200", "2.5", "forty"])
@pytest.mark.parametrize(
    ("ways", "unit"),
    [
        (("{}%", "{} %", "{} percent", "{} per cent", "{} pct"), "percent"),
        (("${}", "US${}", "{} dollars", "{} US dollars", "USD {}"), "dollar"),
        (("£{}", "{} pounds", "GBP {}"), "pound"),
        (("€{}", "{} euros", "EUR {}"), "euro"),
    ],
)
def test_units_agree_however_they_are_written_and_with_no_other(
    ways: tuple[str, ...], unit: str, number: str
) -> None:
    found = [_one(way.format(number)) for way in ways if number[0].isdigit() or way.startswith("{")]
    assert {amount.unit for amount in found} == {unit}
    assert all(found[0].agrees(amount) for amount in found)
    assert found[0].agrees(_one(number))
    assert not any(amount.agrees(Amount(amount.low, amount.high, "yen")) for amount in found)


@pytest.mark.parametrize("number", [40, 300, 1_000, 25_000])
@pytest.mark.parametrize(
    ("bound", "agreeing", "others"),
    [
        ("more than", (1.0, 1.2), (0.9, 3)),
        ("at least", (1.0, 1.2), (0.9, 3)),
        ("over", (1.0, 1.2), (0.9, 3)),
        ("no fewer than", (1.0, 1.2), (0.9, 3)),
        ("fewer than", (0.8, 1.0), (1.1, 0.2)),
        ("up to", (0.8, 1.0), (1.1, 0.2)),
        ("no more than", (0.8, 1.0), (1.1, 0.2)),
        ("almost", (0.95, 1.0), (0.8, 1.1)),
        ("nearly", (0.95, 1.0), (0.8, 1.1)),
        ("about", (0.95, 1.05), (0.8, 1.2)),
        ("roughly", (0.95, 1.05), (0.8, 1.2)),
    ],
)
def test_what_bounds_a_number_says_which_way_others_may_lie(
    bound: str, agreeing: tuple[float, ...], others: tuple[float, ...], number: int
) -> None:
    bounded = _one(f"{bound} {number}")
    assert [bounded.agrees(_one(f"{number * share:.0f}")) for share in agreeing] == [True] * len(agreeing)
    assert [bounded.agrees(_one(f"{number * share:.0f}")) for share in others] == [False] * len(others)


@pytest.mark.parametrize("written", ["{} to {}", "{}-{}", "{}–{}", "between {} and {}"])
@pytest.mark.parametrize(("low", "high"), [(6, 8), (40, 50), (1_000, 1_500)])
def test_a_range_agrees_with_what_lies_in_it(written: str, low: int, high: int) -> None:
    amount = _one(written.format(low, high))
    assert (amount.low, amount.high) == (low, high)
    assert amount.agrees(_one(str((low + high) // 2)))
    assert not amount.agrees(_one(str(high * 2)))


@pytest.mark.parametrize(
    "written", ["the 3rd floor", "Boeing747", "F16s", "the first", "hundredth", "a man", "none"]
)
def test_what_only_looks_like_a_number_is_none(written: str) -> None:
    assert amounts(written) == []
