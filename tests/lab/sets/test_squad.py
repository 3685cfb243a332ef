from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from qa.errors import BadRequest
from qa.lab.sets import squad
from qa.lab.sets.squad import Paragraph, Question

_QA = {"id": "q1", "question": " When did it open?\n", "answers": [{"text": "May", "answer_start": 14}]}
_IMPOSSIBLE = {
    "id": 2,
    "question": "Who paid?",
    "answers": [],
    "is_impossible": True,
    "plausible_answers": [{}],
}


def _document(*qas: Any, context: Any = "It opened in  May.", title: Any = "Bridge") -> dict[str, Any]:
    return {
        "version": "x",
        "data": [{"title": title, "paragraphs": [{"context": context, "qas": list(qas)}]}],
    }


def test_paragraphs_come_with_their_questions_in_order(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(_document(_QA, _IMPOSSIBLE)), encoding="utf-8")

    (paragraph,) = squad.read(file)

    when, who = Question("q1", "When did it open?", (("May", 14),)), Question("2", "Who paid?", ())
    assert paragraph == Paragraph("Bridge", "It opened in  May.", (when, who))
    assert (when.answerable, when.answer_texts) == (True, ("May",))
    assert (who.answerable, who.answer_texts) == (False, ())


def test_a_gzipped_file_reads_the_same(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "dev.json", tmp_path / "dev.json.gz"
    content = json.dumps(_document(_QA)).encode()
    plain.write_bytes(content)
    zipped.write_bytes(gzip.compress(content))

    assert squad.read(zipped) == squad.read(plain)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"data": 5},
        {"data": [{"title": "Bridge"}]},
        _document({"id": "q1", "question": "When?"}),
        _document({**_QA, "question": 5}),
        _document({**_QA, "answers": None}),
        _document({**_QA, "answers": ["May"]}),
        _document({**_QA, "answers": [{"text": "May"}]}),
        _document({**_QA, "answers": [{"text": "May", "answer_start": "late"}]}),
        _document({**_QA, "answers": [{"text": None, "answer_start": 0}]}),
        _document(_QA, context=None),
        _document(_QA, title=None),
    ],
)
def test_another_layout_is_refused_by_name(tmp_path: Path, document: Any) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(BadRequest) as error:
        squad.read(file)

    assert str(error.value).startswith(f"{file} is not a file in SQuAD's layout: ")


def test_what_is_no_json_or_no_gzip_is_refused_by_name(tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps(_document(_QA)).encode())
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    contents = {
        "text.json": b"It opened in May.",
        "latin.json": '{"data": "é"}'.encode("latin-1"),
        "plain.json.gz": b"It opened in May.",
        "short.json.gz": whole[:-12],
        "damaged.json.gz": bytes(damaged),
        "block.json.gz": whole[:10] + b"\xff" * 20,  # a header, then no deflate stream
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadRequest, match="not a file in SQuAD's layout") as error:
            squad.read(tmp_path / name)
        assert name in str(error.value)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as error:
        squad.read(tmp_path / "dev.json")

    assert str(error.value) == f"There is no file {tmp_path / 'dev.json'}."
