from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from fakes import WordEncoder

from qa.index.publish import current
from qa.lab.measure import held_out
from qa.lab.measure.held_out import ask, chosen
from qa.lab.sets.collection import article_id, collection
from qa.lab.sets.training import HALF_A, SPECIFIC, VAGUE, Example, TrainingData
from qa.lab.sets.withholding import Withholding
from qa.records import Passage, Span
from qa.settings import Settings

PARAGRAPHS = [("Bread", "Bread is made of flour."), ("Ships", "The ferry Aurora crosses the lake.")]


def _example(number: int, kind: str, file: str = HALF_A) -> Example:
    title, context = PARAGRAPHS[number % 2]
    answers = (("flour" if number % 2 == 0 else "Aurora", 0),) if kind == "own" else ()
    return Example(kind, file, title, f"What is question {number}?", context, answers)


class LastWordReader:
    """The last word answers."""

    name = "last"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        ends = [(p, p.text.rindex(" ") + 1, len(p.text) - 1) for p in passages]
        return [Span(p, start, end, 1.0, 1.0) for p, start, end in ends]


def test_questions_that_name_no_subject_and_other_kinds_are_left_out() -> None:
    asked = chosen(
        [
            _example(0, "own"),
            _example(1, "human"),
            _example(2, "near_miss", SPECIFIC[0]),
            _example(3, "cut"),
            _example(4, "retrieved"),
            _example(5, "own", VAGUE[0]),
        ],
        None,
    )
    assert {e.question for e in asked} == {f"What is question {n}?" for n in range(3)}


def test_a_limit_draws_and_a_third_of_the_own_are_withheld() -> None:
    examples = [_example(n, "own") for n in range(1000)]
    asked = chosen(examples, 400)

    assert len(asked) == 400 and asked == chosen(examples, 400)
    withheld = [e for e in asked if e.kind == "withheld"]
    assert 0.25 < len(withheld) / len(asked) < 0.45
    assert all(not e.answers for e in withheld)


def test_a_withheld_article_is_found_by_no_search() -> None:
    encoder, settings = WordEncoder(), Settings(encoder="words")
    with collection(PARAGRAPHS, encoder, settings) as folder:
        store = Withholding(current(folder))
        (vector,) = encoder.encode(["the ferry"])
        ships = {p.id for p in store.passages_of(article_id(1))}

        store.withhold(article_id(1))
        hidden = store.search_dense(vector, 2), store.search_lexical("ferry", 2)
        store.withhold(None)
        found = store.search_dense(vector, 1), store.search_lexical("ferry", 2)
        store.close()

    assert [len(hits) for hits in hidden] == [1, 0] and not ships & {id_ for id_, _ in hidden[0]}
    assert all({id_ for id_, _ in hits} == ships for hits in found)


def test_a_kept_collection_is_not_built_again(tmp_path: Path) -> None:
    settings, first, second = Settings(encoder="words"), WordEncoder(), WordEncoder()
    for encoder in (first, second):
        with collection(PARAGRAPHS, encoder, settings, tmp_path) as folder:
            assert folder.parent == tmp_path and current(folder).is_dir()
    assert first.encoded and not second.encoded
    with collection(PARAGRAPHS[:1], second, settings, tmp_path) as other:
        assert other != folder


def test_each_question_is_asked_with_all_that_there_was_to_decide_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Example("own", HALF_A, "Bread", "What is bread made of?", PARAGRAPHS[0][1], (("flour", 17),))
    human = Example("human", HALF_A, "Ships", "Why is the ferry late?", PARAGRAPHS[1][1], ())
    data = cast(TrainingData, SimpleNamespace(train=[], held_out=[own, human]))
    monkeypatch.setattr(held_out, "WITHHELD", 0.0)

    asked = ask(data, None, Settings(encoder="words"), WordEncoder(), LastWordReader())

    assert [question.kind for question in asked] == ["own", "human"]
    assert {candidate.span.text for candidate in asked[0].weighed.candidates} == {"flour", "lake"}
    assert [question.golds for question in asked] == [("flour",), ()]
    assert [question.answerable for question in asked] == [True, False]


def test_a_withheld_question_is_asked_without_its_paragraph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out, "WITHHELD", 1.0)
    own = Example("own", HALF_A, "Bread", "What is bread made of?", PARAGRAPHS[0][1], (("flour", 17),))
    other = Example("human", HALF_A, "Ships", "Why is the ferry late?", PARAGRAPHS[1][1], ())
    data = cast(TrainingData, SimpleNamespace(train=[], held_out=[own, other]))

    asked = ask(data, None, Settings(encoder="words"), WordEncoder(), LastWordReader())[0]

    assert (asked.kind, asked.answerable) == ("withheld", False)
    assert {candidate.span.text for candidate in asked.weighed.candidates} == {"lake"}
