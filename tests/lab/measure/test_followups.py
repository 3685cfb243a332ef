from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from qa.errors import BadRequest
from qa.lab.measure import followups
from qa.lab.measure.followups import added_f1, half_of, measure, read
from qa.records import Turn


def _one(dialogue: str, question: str, rewrite: str, *history: str) -> dict[str, object]:
    return {"QuAC_dialog_id": dialogue, "Question": question, "Rewrite": rewrite, "History": list(history)}


def _name(half: str) -> str:
    return next(str(n) for n in range(100) if half_of(str(n)) == half)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    told = [
        _one(_name("measure"), "Where was he born?", "Where was Tom Wolfe born?", "Tom Wolfe", "Life"),
        _one(_name("measure"), "Who is Leonard Bernstein?", "Who is Leonard Bernstein?", "Tom Wolfe", "Life"),
        _one(_name("tune"), "Why?", "Why was he born?", "Tom Wolfe", "Life", "When?", "I don't know."),
    ]
    path = tmp_path / "canard.json.gz"
    path.write_bytes(gzip.compress(json.dumps(told).encode()))
    return path


def test_the_title_and_the_section_are_the_first_turn_and_do_not_know_is_no_answer(file: Path) -> None:
    (one,) = read(file, "tune")
    assert one.history == (Turn("Tom Wolfe", "Life"), Turn("When?", None))


def test_a_dialogue_is_in_one_half_only(file: Path) -> None:
    halves = {half: {one.dialogue for one in read(file, half)} for half in followups.HALVES}
    assert halves["tune"] and halves["measure"] and not halves["tune"] & halves["measure"]
    assert len(read(file)) == 3


@pytest.mark.parametrize(
    ("understood", "expected"),
    [
        ("Where was Tom Wolfe born?", 1.0),
        ("Where was the tom wolfe's born", 1.0),  # capitals, articles, punctuation and 's do not count
        ("Where was Wolfe born?", 2 / 3),  # one of one right, one of two found
        ("Where was Tom Hanks born?", 0.5),
        ("Where was he born?", 0.0),  # nothing added
    ],
)
def test_f1_is_of_the_words_added(understood: str, expected: float) -> None:
    assert added_f1("Where was he born?", understood, "Where was Tom Wolfe born?") == pytest.approx(expected)


def test_where_nothing_was_to_be_added_only_nothing_is_right() -> None:
    assert added_f1("So where was he born?", "So where was he born?", "where was he born?") == 1.0
    assert added_f1("So where was he born?", "So where was Wolfe born?", "where was he born?") == 0.0


def test_the_figures_count_follow_ups_and_stand_alone_questions_apart(file: Path) -> None:
    assert measure(file) == {
        "half": "measure",
        "questions": 2,
        "follow_ups": 1,
        "added_f1": 100.0,
        "stand_alone": 1,
        "left_alone": 100.0,
    }


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[1]",
        b'[{"Question": "Why?"}]',
        b'[{"QuAC_dialog_id": "1", "Question": "", "Rewrite": "", "History": ["a"]}]',
    ],
)
def test_a_file_in_another_layout_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(BadRequest, match=r"other\.json is not a file in CANARD's layout"):
        read(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"missing\.json"):
        read(tmp_path / "missing.json")
