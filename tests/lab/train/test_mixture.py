"""What is trained on, what is held out, and what is left out because it is measured."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qa.errors import BadRequest
from qa.lab.train.mixture import Example, Measured, Mixture
from qa.lab.train.recipe import MAIN, Recipe

OTHER = "other"
WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split()


def _paragraph(context: str, *questions: tuple[str, str | None]) -> dict[str, Any]:
    qas = [
        {
            "id": question,
            "question": question,
            "answers": [] if answer is None else [{"text": answer, "answer_start": context.index(answer)}],
        }
        for question, answer in questions
    ]
    return {"context": context, "qas": qas}


def _write(folder: Path, name: str, titles: dict[str, list[dict[str, Any]]]) -> Path:
    document = {"data": [{"title": title, "paragraphs": paragraphs} for title, paragraphs in titles.items()]}
    file = folder / f"{name}.json.gz"
    file.write_bytes(gzip.compress(json.dumps(document).encode()))
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twenty-five articles of a paragraph each, two questions a paragraph; and thirty paragraphs of another kind."""
    folder = tmp_path / "data"
    folder.mkdir()
    main = {
        f"Title {n:02d}": [
            _paragraph(f"Main {n} stands here.", (f"Who is {n}?", f"Main {n}"), (f"Why {n}?", None))
        ]
        for n in range(25)
    }
    _write(folder, MAIN, main)
    other = [_paragraph(f"Other {n} stands there.", (f"where is {n}", "there")) for n in range(30)]
    _write(folder, OTHER, {"Other": other})
    return folder


def _recipe(**more: Any) -> Recipe:
    return Recipe(**{"weights": ((MAIN, 1.0), (OTHER, 1.0)), "rounds_per_pass": 4, **more})


def _pass(mixture: Mixture, number: int = 0) -> list[Example]:
    return [example for part in range(4) for example in mixture.round(4 * number + part)]


def test_every_tenth_title_of_the_main_file_is_held_out_and_never_trained_on(data: Path) -> None:
    mixture = Mixture(data, _recipe(), Measured([]))

    assert {e.title for e in mixture.held_out[MAIN]} == {"Title 00", "Title 10", "Title 20"}
    trained = [e for number in range(3) for e in _pass(mixture, number)]
    assert not {e.title for e in trained} & {"Title 00", "Title 10", "Title 20"}
    assert {e.title for e in trained if e.file == MAIN} == {f"Title {n:02d}" for n in range(25) if n % 10}


def test_a_tenth_of_the_other_files_paragraphs_is_held_out_by_their_text(data: Path) -> None:
    mixture = Mixture(data, _recipe(), Measured([]))

    held_out = {e.context for e in mixture.held_out[OTHER]}
    every = {f"Other {n} stands there." for n in range(30)}
    assert held_out == {c for c in every if int(hashlib.sha256(c.encode()).hexdigest(), 16) % 10 == 0}
    assert held_out
    assert {e.context for e in _pass(mixture) if e.file == OTHER} == every - held_out


def test_a_pass_holds_each_question_as_often_as_its_file_weighs(data: Path) -> None:
    mixture = Mixture(data, _recipe(weights=((MAIN, 2.5), (OTHER, 0.5))), Measured([]))

    first, second = (Counter((e.file, e.question) for e in _pass(mixture, n)) for n in (0, 1))

    main = [count for (file, _), count in first.items() if file == MAIN]
    assert len(main) == 44 and set(main) == {2, 3} and sum(main) == 110
    others = len(mixture.train[OTHER])
    assert sum(count for (file, _), count in first.items() if file == OTHER) == round(others / 2)
    assert first != second  # the half is drawn anew


def test_a_round_is_the_same_each_time_and_the_rounds_of_a_pass_share_it_out(data: Path) -> None:
    mixture = Mixture(data, _recipe(), Measured([]))

    assert mixture.round(6) == Mixture(data, _recipe(), Measured([])).round(6)
    counted = Counter((e.file, e.question) for e in _pass(mixture, 1))
    assert set(counted.values()) == {1}
    assert len(counted) == sum(map(len, mixture.train.values()))


def test_answers_stand_where_they_are_said_to(data: Path) -> None:
    for example in _pass(Mixture(data, _recipe(), Measured([]))):
        assert example.answers or example.question.startswith("Why")
        for text, at in example.answers:
            assert example.context[at : at + len(text)] == text


def test_a_paragraph_that_shares_thirteen_words_with_a_measured_one_goes(data: Path, tmp_path: Path) -> None:
    thirteen, twelve = (" ".join(WORDS[:n]) + " and the rest of it." for n in (13, 12))
    _write(data, OTHER, {"Other": [_paragraph(c, ("who", "rest")) for c in (thirteen, twelve)]})
    measured = tmp_path / "article.txt"
    # Capitals and punctuation do not make it another text.
    measured.write_text(f"Before. {', '.join(WORDS[:13]).upper()}! After.", encoding="utf-8")

    mixture = Mixture(data, _recipe(), Measured([measured]))

    kept = {e.context for of in (mixture.train, mixture.held_out) for e in of[OTHER]}
    assert kept == {twelve}
    assert mixture.dropped == {MAIN: (0, 0), OTHER: (1, 0)}


@pytest.mark.parametrize("kind", ["squad", "gold"])
def test_a_question_that_is_measured_goes_whatever_its_capitals(
    data: Path, tmp_path: Path, kind: str
) -> None:
    if kind == "squad":
        file = _write(tmp_path, "dev", {"Dev": [_paragraph("Nobody.", ("who is 3", None), ("Where?", None))]})
    else:
        file = tmp_path / "gold.jsonl"
        file.write_text('{"id": "1", "question": "WHO is 3?"}\n\n', encoding="utf-8")

    mixture = Mixture(data, _recipe(), Measured([file]))

    assert mixture.dropped[MAIN] == (0, 1)
    assert "Who is 3?" not in {e.question for e in _pass(mixture)}
    assert "Why 3?" in {e.question for e in _pass(mixture)}


def test_titles_are_held_out_before_anything_is_dropped(data: Path, tmp_path: Path) -> None:
    """What is measured must not shift which articles are held out."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"question": "Who is 0?"}\n{"question": "Why 0?"}\n', encoding="utf-8")

    mixture = Mixture(data, _recipe(), Measured([gold]))

    assert {e.title for e in mixture.held_out[MAIN]} == {"Title 10", "Title 20"}
    assert "Title 01" in {e.title for e in mixture.train[MAIN]}


def test_pieces_that_the_product_found_are_their_share_of_a_round(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "retrieved.json.gz"
    told = {
        "passages": ["Main 1 stands", "elsewhere"],
        "asked": [
            {"title": "T", "question": f"Who is {n}?", "answering": [[0, "Main 1", 0]], "others": [1, 1]}
            for n in range(20)
        ],
    }
    file.write_bytes(gzip.compress(json.dumps(told).encode()))
    mixture = Mixture(data, _recipe(retrieved_share=0.2), Measured([]), file)

    examples = mixture.round(1)

    found = [e for e in examples if e.file == "retrieved"]
    assert examples[-len(found) :] == found
    # Whole groups of three, as many as fit.
    share = 0.25 * (len(examples) - len(found))
    assert len(found) % 3 == 0 and share - 3 < len(found) <= share
    assert {Counter(e.group for e in found)[n] for n in {e.group for e in found}} == {3}
    for example in found:
        assert example.question == f"Who is {example.group}?"
        assert example.answers == ((("Main 1", 0),) if example.context == "Main 1 stands" else ())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=MAIN):
        Mixture(tmp_path, _recipe(), Measured([]))
