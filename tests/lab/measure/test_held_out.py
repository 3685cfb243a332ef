from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import WordEncoder

from qa.errors import BadRequest
from qa.index.publish import current
from qa.lab.measure.held_out import ask, drawn
from qa.lab.sets import squad
from qa.lab.sets.collection import collection
from qa.records import Passage, Span
from qa.settings import Settings

PARAGRAPHS = [("Bread", "Bread is made of flour."), ("Ships", "The ferry Aurora crosses the lake.")]


class LastWordReader:
    """The last word answers."""

    name = "last"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        ends = [(p, p.text.rindex(" ") + 1, len(p.text) - 1) for p in passages]
        return [Span(p, start, end, 1.0, 1.0) for p, start, end in ends]


def _qa(id_: str, question: str, *answers: str) -> dict[str, Any]:
    return {"id": id_, "question": question, "answers": [{"text": a, "answer_start": 0} for a in answers]}


def _file(folder: Path, *questions: dict[str, Any]) -> Path:
    """Of eleven titles the first and the last are held out: "Bread" and "Ships"; between them stand nine others."""
    texts = [PARAGRAPHS[0], *((f"C{n}", f"Number {n} is trained on.") for n in range(9)), PARAGRAPHS[1]]
    data: list[dict[str, Any]] = [
        {"title": title, "paragraphs": [{"context": text, "qas": list(questions) if n in (0,) else []}]}
        for n, (title, text) in enumerate(texts)
    ]
    data[1]["paragraphs"][0]["qas"] = [_qa("trained", "What is trained on?", "Number")]
    file = folder / "train.json"
    file.write_text(json.dumps({"data": data}), encoding="utf-8")
    return file


OWN = _qa("own", "What is bread made of?", "flour")
NONE = _qa("none", "What is cake made of?")


def test_only_questions_of_held_out_titles_are_drawn_and_a_smaller_draw_is_the_beginning(
    tmp_path: Path,
) -> None:
    more = [_qa(str(n), f"What is question {n}?", "flour") for n in range(30)]
    paragraphs = squad.read(_file(tmp_path, OWN, NONE, *more))
    every, few = drawn(paragraphs, None), drawn(paragraphs, 10)
    assert len(every) == 32 and {p.title for p, _ in every} == {"Bread"}
    assert few == every[:10]


def test_each_question_is_asked_with_all_that_there_was_to_decide_on(tmp_path: Path) -> None:
    file = _file(tmp_path, OWN, NONE)
    asked = ask(file, None, Settings(encoder="words"), WordEncoder(), LastWordReader())
    by_question = {one.question: one for one in asked}
    own, none = by_question["What is bread made of?"], by_question["What is cake made of?"]
    assert (own.golds, own.answerable, own.group) == (("flour",), True, "Bread")
    assert (none.golds, none.answerable) == ((), False)
    assert {candidate.span.text for candidate in own.weighed.candidates} == {"flour", "lake"}


def test_a_file_of_one_kind_of_question_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="answerable and unanswerable"):
        ask(_file(tmp_path, OWN), None, Settings(encoder="words"), WordEncoder(), LastWordReader())


def test_a_kept_collection_is_not_built_again(tmp_path: Path) -> None:
    settings, first, second = Settings(encoder="words"), WordEncoder(), WordEncoder()
    for encoder in (first, second):
        with collection(PARAGRAPHS, encoder, settings, tmp_path) as folder:
            assert folder.parent == tmp_path and current(folder).is_dir()
    assert first.encoded and not second.encoded
    with collection(PARAGRAPHS[:1], second, settings, tmp_path) as other:
        assert other != folder
