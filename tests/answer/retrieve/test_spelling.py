from __future__ import annotations

import pytest

from qa.answer.retrieve.spelling import spelled

TEXTS = (
    "Teachers of the school in Indiana chanted slogans.",
    "The bridge opened in October; Mourinho's team saw it.",
)


def _spelled(question: str, *names: str, known: str = "") -> str:
    return spelled(question, TEXTS, lambda word: word in known.split(), names)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what did the shool teachers chant", "what did the school teachers chant"),  # a letter left out
        ("the teachers in indianna", "the teachers in indiana"),  # doubled
        ("who saw the brigde", "who saw the bridge"),  # changed round
        ("Taechers of the school", "Teachers of the school"),
        ("mouriño, october, opend", "mourinho, october, opened"),
    ],
)
def test_a_word_that_is_none_is_what_the_passages_spell_like_it(typed: str, meant: str) -> None:
    assert _spelled(typed, known="what did the who saw of chant and in") == meant


def test_what_is_a_word_stays_though_the_passages_do_not_use_it() -> None:
    assert _spelled("who was the bride", known="who was the bride") == "who was the bride"


def test_a_name_stays() -> None:
    assert _spelled("Where is Indianna?", "Indianna", known="where is") == "Where is Indianna?"


def test_what_is_like_nothing_or_too_short_stays() -> None:
    assert _spelled("zyzzyva qpx ni tow") == "zyzzyva qpx ni tow"
