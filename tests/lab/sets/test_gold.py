from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.errors import BadRequest
from qa.lab.sets import gold
from qa.lab.sets.gold import GoldQuestion
from qa.records import Alternative, Answer, Citation, Turn


def _question(*answers: str, sources: tuple[str, ...] = ("a.txt",)) -> GoldQuestion:
    return GoldQuestion("q1", "When?", answers, sources, ())


def _citation(file: str) -> Citation:
    return Citation("id", file, "", None, None, "q", 0, 1, "q.", 0, 2)


def _answer(text: str | None, *files: str) -> Answer:
    cited = tuple(map(_citation, files))
    return Answer("When?", "When?", text, 0.5, None if text else "nobody says", cited, (), "neural", "v1", {})


# --- what is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("December 17, 2021", True),
        ("the december 17 2021.", True),  # capitals, articles and punctuation do not count
        ("on December 17, 2021", True),
        ("one two three December 17, 2021 four five six", True),  # six words more
        ("one two three December 17, 2021 four five six seven", False),
        ("the one two three December 17, 2021 four five six", True),  # an article is no word
        ("December 17", False),  # less than is asked
        ("December 17 of 2021", False),  # the words, and not their run
        ("December 17, 20211", False),  # whole words only
        ("", False),
    ],
)
def test_an_answer_is_right_when_it_equals_or_holds_an_acceptable_one(text: str, right: bool) -> None:
    assert gold.judge(_question("December 17, 2021"), _answer(text, "a.txt")).right is right


def test_any_of_the_acceptable_answers_will_do() -> None:
    question = _question("a response", "their written response")

    assert gold.judge(question, _answer("their written response", "a.txt")).right
    assert gold.judge(question, _answer("response", "a.txt")).right
    assert not gold.judge(question, _answer("written", "a.txt")).right


def test_the_first_citation_decides_on_the_source() -> None:
    question = _question("May", sources=("a.txt", "b/c.txt"))

    assert gold.judge(question, _answer("May", "b/c.txt", "other.txt")).right
    wrong = gold.judge(question, _answer("May", "other.txt", "a.txt"))
    assert not wrong.right
    assert "other.txt" in wrong.why and "a.txt, b/c.txt" in wrong.why


def test_where_the_articles_do_not_answer_only_no_answer_is_right() -> None:
    unanswerable = _question(sources=())

    assert gold.judge(unanswerable, _answer(None)).right
    assert not gold.judge(unanswerable, _answer("May", "a.txt")).right
    assert not gold.judge(_question("May"), _answer(None)).right


def _unsure(guess: str, *files: str) -> Answer:
    told = Alternative(guess, 0.3, tuple(map(_citation, files)))
    return replace(_answer(None), guess=told)


@pytest.mark.parametrize(
    ("answers", "guess", "file", "score"),
    [
        (("May",), "May", "a.txt", 0.5),  # right, and not sure
        (("May",), "June", "a.txt", 0.0),
        (("May",), "May", "other.txt", 0.0),
        ((), "June", "a.txt", 0.5),  # nothing is right, and that much was said
    ],
)
def test_a_guess_counts_half(answers: tuple[str, ...], guess: str, file: str, score: float) -> None:
    verdict = gold.judge(_question(*answers), _unsure(guess, file))
    assert (verdict.score, verdict.right, verdict.answer, verdict.guess) == (score, False, None, guess)


def test_an_answer_counts_whole_or_not_at_all() -> None:
    assert gold.judge(_question("May"), _answer("May", "a.txt")).score == 1.0
    assert gold.judge(_question("May"), _answer("June", "a.txt")).score == 0.0
    assert gold.judge(_question(), _answer(None)).score == 1.0
    assert gold.judge(_question("May"), _answer(None)).score == 0.0


def test_a_verdict_says_whose_it_is_what_was_answered_and_why() -> None:
    verdict = gold.judge(_question("May"), _answer("June", "a.txt"))
    assert (verdict.id, verdict.right, verdict.answer) == ("q1", False, "June")
    assert "May" in verdict.why
    assert "nobody says" in gold.judge(_question("May"), _answer(None)).why


# --- files

_LINE = {"id": "q1", "question": "When?", "answers": ["May"], "sources": ["a.txt"]}


def _file(folder: Path, *lines: Any) -> Path:
    file = folder / "gold.jsonl"
    told = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    file.write_text("\n".join(told) + "\n", encoding="utf-8")
    return file


def test_a_file_is_read_line_by_line_with_earlier_turns(tmp_path: Path) -> None:
    turns = [{"question": "Who?", "answer": "Anna"}, {"question": "Where?", "answer": None}]
    file = _file(tmp_path, _LINE, "", {**_LINE, "id": 2, "answers": [], "sources": [], "history": turns})

    first, second = gold.read(file)

    assert first == GoldQuestion("q1", "When?", ("May",), ("a.txt",), ())
    assert second == GoldQuestion("2", "When?", (), (), (Turn("Who?", "Anna"), Turn("Where?", None)))


def test_a_line_ends_at_a_line_feed_and_nowhere_else(tmp_path: Path) -> None:
    told = {**_LINE, "question": "One\u2028two\u0085three?", "answers": ["a\u2029b"]}

    (question,) = gold.read(_file(tmp_path, told))

    assert (question.question, question.answers) == (told["question"], ("a\u2029b",))


@pytest.mark.parametrize(
    "line",
    [
        "{not json",
        "[]",
        "7",
        {"id": "q1", "question": "When?", "answers": ["May"]},
        {**_LINE, "question": None},
        {**_LINE, "answers": "May"},  # would read as the answers "M", "a" and "y"
        {**_LINE, "answers": [5]},
        {**_LINE, "answers": None},
        {**_LINE, "sources": "a.txt"},
        {**_LINE, "history": [{"answer": "May"}]},
        {**_LINE, "history": ["Who?"]},
        {**_LINE, "history": [{"question": 5}]},
    ],
)
def test_a_line_that_is_no_gold_question_is_named(tmp_path: Path, line: Any) -> None:
    file = _file(tmp_path, _LINE, "", line)

    with pytest.raises(BadRequest) as error:
        gold.read(file)

    assert str(error.value).startswith(f"Line 3 of {file} is not a gold question: ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"id": "é"}'.encode("latin-1"))

    for file in (tmp_path / "missing.jsonl", tmp_path, latin):
        with pytest.raises(BadRequest, match="cannot be read") as error:
            gold.read(file)
        assert str(file) in str(error.value)
