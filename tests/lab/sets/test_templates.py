"""The questions that are made: every one answerable by its own article alone, or by none."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from qa.lab.sets import gold, templates


def test_there_are_200_of_20_templates() -> None:
    assert len(list(templates.made())) == 200
    assert len({t.name for t in templates.TEMPLATES}) == len(templates.TEMPLATES) == 20


def test_an_answer_stands_in_its_article_once() -> None:
    for file, article, asked in templates.made():
        answers = asked["answers"]
        assert isinstance(answers, list)
        for answer in answers:
            found = re.findall(rf"\b{re.escape(answer)}\b", article, re.IGNORECASE)
            assert len(found) == 1, file


def test_no_name_stands_in_two_articles() -> None:
    names: Counter[str] = Counter()
    for _, article, _ in templates.made():
        body = article.partition("\n\n")[2]
        names.update(set(re.findall(r"[A-Z][a-z]+ (?=[A-Z])[A-Z][a-z]+", body)))
    taken = {name for name, count in names.items() if count > 1}
    people = {f"{one} {other}" for one in templates._FIRST.split() for other in templates._LAST.split()}
    firms = {f"{one} {other}" for one in templates._FIRM.split() for other in templates._TRADE.split()}
    assert names.keys() & people and names.keys() & firms
    assert not taken & (people | firms)


def test_the_same_seed_makes_the_same_ones() -> None:
    assert list(templates.made(2)) == list(templates.made(2)) != list(templates.made(2, seed=5))


def test_what_is_written_is_a_gold_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["templates", "--to", str(tmp_path)])

    templates.main()

    questions = gold.read(tmp_path / "questions.jsonl")
    files = {file.name for file in (tmp_path / "articles").iterdir()}
    assert {source for q in questions for source in q.sources} == files
    assert sum(not q.answers for q in questions) == 40
    assert json.loads((tmp_path / "questions.jsonl").read_text().splitlines()[0])["id"] == "who-01"
