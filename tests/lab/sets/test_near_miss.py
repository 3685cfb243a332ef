from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lab.sets.near_miss import NearMisses, exchanged, negated

MONTHS = "January February March April May June July August September October November December".split()
CORPUS = [
    "Talks in Geneva began on March 3 and went on to May 21. Anna Kovacs left in 1987 with 40 others.",
    "Only in October did Peter Moser pay 2,500 crowns for the house in Vienna, on Tuesday, in 1912.",
    "Some 75 ships of the Navy of Spain left, says Marta Silva, on December 9 of 1588.",
]
HANDED_OVER = "What did the US hand over on January 26?"
PARAGRAPH = "The US handed over its written response on January 26, a Wednesday, officials in Moscow said."


def _changes(question: str, context: str, tries: int = 200) -> set[str]:
    near_misses = NearMisses(CORPUS)
    made = {near_misses.renamed(question, context, random.Random(seed)) for seed in range(tries)}
    return {changed for changed in made if changed is not None}


def test_a_date_becomes_another_date_that_the_paragraph_does_not_name() -> None:
    changed = _changes(HANDED_OVER, PARAGRAPH)

    assert len(changed) > 5
    for question in changed:
        told = re.fullmatch(r"What did the US hand over on (\w+) (\d+)\?", question)
        assert told is not None, question
        assert told.group(1) in MONTHS
        assert 1 <= int(told.group(2)) <= 31
        assert f"{told.group(1)} {told.group(2)}" != "January 26"
    assert "What did the US hand over on February 26?" in changed
    assert any("January" in question for question in changed)


@pytest.mark.parametrize(
    ("question", "context", "before", "kind"),
    [
        ("What fell in March?", "It fell in March.", "March", "|".join(MONTHS)),
        ("Who came on Friday?", "Anna came on Friday.", "Friday", r"(?:Mon|Tues|Wednes|Thurs|Satur|Sun)day"),
        ("What was built in 1912?", "It was built in 1912.", "1912", r"1\d\d\d"),
        ("Who paid 30 crowns?", "He paid 30 crowns.", "30", r"[\d,]+"),
        ("Who paid 7,300 crowns?", "He paid 7,300 crowns.", "7,300", r"[\d,]+"),
        ("Who lives in Prague?", "Anna lives in Prague.", "Prague", r"[A-Z][a-z]+"),
        ("When did Jan Novak leave?", "Jan Novak left.", "Jan Novak", r"(?:[A-Z][a-z]+ ?){2}"),
    ],
)
def test_what_is_named_becomes_another_of_its_kind(
    question: str, context: str, before: str, kind: str
) -> None:
    changed = _changes(question, context)

    head, tail = question.split(before)
    assert changed
    for other in changed:
        assert other.startswith(head) and other.endswith(tail)
        now = other[len(head) : len(other) - len(tail)]
        assert re.fullmatch(kind, now), other
        assert now != before
        assert now.lower() not in context.lower()


def test_only_what_the_paragraph_names_is_changed() -> None:
    changed = _changes("Who left Prague in 1912?", "Anna left Prague one day.")

    assert changed
    assert all(question.endswith("in 1912?") for question in changed)


@pytest.mark.parametrize(
    ("question", "context"),
    [
        ("What is it made of?", "It is made of iron."),
        ("Who left in 1912?", "Anna left."),
        ("Who left?", ""),
        ("", PARAGRAPH),
    ],
)
def test_where_nothing_can_be_changed_there_is_no_near_miss(question: str, context: str) -> None:
    assert NearMisses(CORPUS).make(question, context, random.Random(1)) is None


def test_without_another_of_the_kind_there_is_no_near_miss() -> None:
    assert NearMisses([]).make("Who lives in Prague?", "Anna lives in Prague.", random.Random(1)) is None


def test_the_same_seed_makes_the_same_near_miss_whatever_was_made_before() -> None:
    used, fresh = NearMisses(CORPUS), NearMisses(reversed(CORPUS))
    for seed in range(50):
        used.make(HANDED_OVER, PARAGRAPH, random.Random(seed))

    for seed in range(20):
        expected = fresh.make(HANDED_OVER, PARAGRAPH, random.Random(seed))
        assert used.make(HANDED_OVER, PARAGRAPH, random.Random(seed)) == expected is not None


@pytest.mark.parametrize(
    ("question", "context", "expected"),
    [
        ("Who spoke before Anna?", "Jan spoke, then Anna.", {"Who spoke after Anna?"}),
        ("Before whom did Jan speak?", "Jan spoke, then Anna.", {"After whom did Jan speak?"}),
        (
            "Who spoke before Anna?",
            "Jan spoke first, Anna after him.",
            {None},
        ),  # it may hold the answer to both
        ("Who spoke?", "Jan spoke.", {None}),
    ],
)
def test_a_word_becomes_its_opposite(question: str, context: str, expected: set[str | None]) -> None:
    near_misses = NearMisses(CORPUS)

    assert {near_misses.opposite(question, context, random.Random(seed)) for seed in range(20)} == expected


@pytest.mark.parametrize(
    ("question", "context", "expected"),
    [
        ("Who did Anna meet?", "Anna met Jan.", "Who didn't Anna meet?"),
        ("What can Anna do?", "Anna can sing.", "What can't Anna do?"),
        ("Who met Anna?", "Jan met Anna.", None),
        ("Who did Anna meet?", "Anna met Jan, not Peter.", None),
        ("Who didn't Anna meet?", "Anna met Jan.", None),
    ],
)
def test_a_question_is_negated_where_nothing_was(question: str, context: str, expected: str | None) -> None:
    assert negated(question, context, random.Random(1)) == expected


@pytest.mark.parametrize(
    ("question", "context", "expected"),
    [
        # Either of the two other names, never one the question has already or the one at a sentence's beginning.
        (
            "When did Anna meet Peter?",
            "Only then did Anna meet Peter, says Marta, in Vienna. Later they left.",
            {"When did Marta meet Peter?", "When did Anna meet Marta?"}
            | {"When did Vienna meet Peter?", "When did Anna meet Vienna?"},
        ),
        # The same one, longer.
        ("When did Anna leave?", "In May did Anna Kovacs leave, and Anna only.", {None}),
        ("When did Anna leave?", "In May did she leave, says Peter.", {None}),  # the context names no Anna
        ("When did she leave?", "In May did Anna leave.", {None}),
    ],
)
def test_a_name_is_exchanged_for_another_of_the_context(
    question: str, context: str, expected: set[str | None]
) -> None:
    assert {exchanged(question, context, random.Random(seed)) for seed in range(60)} == expected


def test_names_are_changed_more_often_than_anything_else() -> None:
    near_misses = NearMisses(CORPUS)
    question, context = "Who did Anna meet before 1987?", "Anna met Jan in 1986, one year prior to 1987."
    made = [near_misses.make(question, context, random.Random(seed)) or "" for seed in range(400)]

    negations = sum("didn't" in changed for changed in made)
    opposites = sum("after" in changed for changed in made)
    assert 20 < negations < opposites < 200
    assert sum("before" in changed and "did " in changed for changed in made) > 200


_WORDS = st.lists(
    st.sampled_from(
        "who paid in on the of Anna Kovacs Prague Vienna March May 21 1912 1987 40 2,500 Tuesday January 26".split()
    ),
    min_size=1,
    max_size=9,
).map(" ".join)


@given(_WORDS, _WORDS, st.integers(0, 99))
def test_one_run_of_the_question_changes_into_what_the_context_lacks(
    question: str, context: str, seed: int
) -> None:
    changed = NearMisses(CORPUS).renamed(question, context, random.Random(seed))

    if changed is not None:
        before, after = question.split(" "), changed.split(" ")
        assert len(before) == len(after)
        differing = [i for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
        assert differing
        assert differing[-1] - differing[0] < 3  # one name or date, not two things apart
        first, last = differing[0], differing[-1] + 1
        # Of a date one half may have changed: then the date as a whole is what the context lacks.
        runs = (after[first:last], after[max(first - 1, 0) : last], after[first : last + 1])
        assert any(" ".join(run).lower() not in context.lower() for run in runs)
