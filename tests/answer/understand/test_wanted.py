from __future__ import annotations

import numpy as np
import pytest

from qa.answer.decide.boundaries import as_evidence, enumerates
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.understand.kind import kind_of
from qa.answer.understand.wanted import AnswerType, wanted
from qa.records import Hit, Passage, Span


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Did NATO refuse?", AnswerType.EVIDENCE),
        ("Is the bridge open?", AnswerType.EVIDENCE),
        ("Can you tell me who won?", AnswerType.SPAN),
        ("Do you know when the bridge opened?", AnswerType.SPAN),
        ("Which topics did they discuss?", AnswerType.LIST),
        ("Who are the two winners?", AnswerType.LIST),
        ("What are the three conditions?", AnswerType.LIST),
        ("Name the members of the board.", AnswerType.LIST),
        ("Which two countries have signed?", AnswerType.LIST),
        ("What did the presidents discuss?", AnswerType.SPAN),
        ("Which process was used?", AnswerType.SPAN),
        ("What is his name?", AnswerType.SPAN),
        ("Who led the delegation?", AnswerType.SPAN),
        ("How many expert meetings have they held?", AnswerType.SPAN),
    ],
)
def test_the_sort_of_answer_follows_from_the_question(question: str, expected: AnswerType) -> None:
    assert wanted(question, kind_of(question)) is expected


def test_an_enumeration_names_several_things() -> None:
    assert enumerates("bilateral relations, cybersecurity and the Iran nuclear deal")
    assert enumerates("Riga and Oslo")
    assert not enumerates("Geneva, Switzerland")
    assert not enumerates("a land of sand")


def test_evidence_is_the_whole_sentence_of_the_span() -> None:
    text = "It was late. NATO has so far refused to commit. That is all."
    passage = Passage(1, "a", 0, len(text), text)
    at = text.index("refused")
    given = Candidate(Span(passage, at, at + 7, 2.0, 1.5), Hit(passage, 0.1, 1, 1), np.ones(len(NAMES)))

    (widened,) = as_evidence([given])

    assert widened.span.text == "NATO has so far refused to commit."
    assert (widened.span.score, widened.span.null_margin) == (2.0, 1.5)
    assert widened.values is given.values
