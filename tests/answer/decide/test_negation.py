"""Templates for negation (after CheckList, Ribeiro et al., 2020): a "not" is another answer, however it is written."""

from __future__ import annotations

import pytest

from qa.answer.decide.meaning import near, same, saying

PEOPLE = ("the ministers", "Ann Lee", "NATO")
DEEDS = ("agree to the plan", "sell the old bridge", "leave Geneva")
DENIALS = (  # an auxiliary, and the same denied, in ways that mean one thing
    ("will", ("will not", "won't", "won’t")),
    ("would", ("would not", "wouldn't", "wouldn’t")),
    ("did", ("did not", "didn't", "didn’t")),
    ("can", ("cannot", "can not", "can't", "can’t")),
    ("could", ("could not", "couldn't", "couldn’t")),
    ("should", ("should not", "shouldn't", "shouldn’t")),
)
SAID = [(who, deed) for who in PEOPLE for deed in DEEDS]


@pytest.mark.parametrize(("auxiliary", "denied"), DENIALS)
@pytest.mark.parametrize(("who", "deed"), SAID)
def test_what_is_denied_is_not_what_is_said(
    who: str, deed: str, auxiliary: str, denied: tuple[str, ...]
) -> None:
    yes = saying(f"{who} {auxiliary} {deed}")
    for way in denied:
        no = saying(f"{who} {way} {deed}")
        assert not same(yes, no)
        assert not same(no, yes)
        assert not near(yes, no)


@pytest.mark.parametrize("denied", [ways for _, ways in DENIALS])
@pytest.mark.parametrize(("who", "deed"), SAID)
def test_a_denial_is_the_same_in_its_short_form(who: str, deed: str, denied: tuple[str, ...]) -> None:
    first, *others = [saying(f"{who} {way} {deed}") for way in denied]
    assert all(same(first, other) and same(other, first) for other in others)


@pytest.mark.parametrize("word", ["not", "never", "no longer", "neither", "without"])
@pytest.mark.parametrize("thing", ["welcome", "in service", "bread", "paid by the city"])
def test_a_word_that_denies_makes_another_answer(word: str, thing: str) -> None:
    assert not near(saying(thing), saying(f"{word} {thing}"))


@pytest.mark.parametrize("word", ["notice", "note", "another", "north", "knot", "November", "nobility"])
def test_a_word_that_only_begins_like_a_denial_denies_nothing(word: str) -> None:
    assert saying(f"the {word}").negations == frozenset()
