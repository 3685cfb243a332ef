"""The whole way of tables: what is quoted from a row comes with the names of its columns, cells apart."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from fakes import PhraseReader, WordEncoder

from qa import Engine
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer_json import to_dict
from qa.command.terminal import answer_text
from qa.records import Answer
from qa.upkeep.index import index
from web.export import markdown, plain_citation

HEADER = ("Room", "Seats", "Price of an evening")
ROWS = (("Hall", "240", "90 crowns"), ("Attic", "", "35 crowns"), ("Cellar", "60", "50 crowns"))
BEFORE = "The town lends three rooms of the old granary to its clubs, for one evening at a time."
AFTER = "Whoever wants one writes to the caretaker, who keeps the book in which every evening has a line."
SHOWN = ["Room | Seats | Price of an evening", "Attic | | 35 crowns"]


def _page() -> bytes:
    def row(texts: tuple[str, ...], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in texts)}</tr>"

    table = f"<table>{row(HEADER, 'th')}{''.join(row(texts, 'td') for texts in ROWS)}</table>"
    return (
        f"<html><head><title>Rooms</title></head><body><article><h1>Rooms</h1><p>{BEFORE}</p>{table}"
        f"<p>{AFTER}</p></article></body></html>"
    ).encode()


def _document() -> bytes:
    made = docx.Document()
    made.add_paragraph(BEFORE)
    table = made.add_table(rows=0, cols=3)
    for texts in (HEADER, *ROWS):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    made.add_paragraph(AFTER)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.fixture(params=["rooms.html", "rooms.docx"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    (tmp_path / "in").mkdir()
    data = _page() if request.param.endswith("html") else _document()
    (tmp_path / "in" / request.param).write_bytes(data)
    encoder = WordEncoder()
    index([tmp_path / "in"], tmp_path / "data", encoder=encoder)
    confidence = ConfidenceModel.of_margin(4.0, 0.4)
    reader = PhraseReader("35 crowns", 0.9)
    return Engine.open(tmp_path / "data", encoder=encoder, reader=reader, confidence=confidence)


def _row(engine: Engine, told: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The citation of the attic's row, its cells, and those of its header; every place is looked up."""
    raw = engine.article(told["article_id"]).raw
    header = told["header"]
    for one in (told, header):
        assert raw[one["start"] : one["end"]] == one["quote"]
        assert raw[one["sentence_start"] : one["sentence_end"]] == one["sentence"]
        quoting = next(each for each in one["selectors"] if each["type"] == "TextQuoteSelector")
        assert quoting["exact"] == one["quote"]
    cells, named = ([raw[cell["start"] : cell["end"]] for cell in one["cells"]] for one in (told, header))
    return told, cells, named


def test_an_answer_cut_from_a_row_comes_with_the_row_and_its_header(engine: Engine) -> None:
    answer = engine.ask("What does the attic cost?")
    assert answer.text == "35 crowns"
    told, cells, named = _row(engine, to_dict(answer)["citations"][0])
    assert told["quote"] == "35 crowns"
    assert (cells, named) == (["Attic", "35 crowns"], list(HEADER))
    assert [cell["column"] for cell in told["cells"]] == [0, 2]
    assert "\n".join(f"  {line}" for line in SHOWN) in answer_text(answer, colour=False)
    assert SHOWN[1].replace("|", "\\|") in markdown(answer)


def test_a_row_that_is_quoted_comes_with_its_header(engine: Engine) -> None:
    answer: Answer = engine.ask("What about the attic?")
    assert answer.answer_type == "quotes"
    told, cells, named = _row(
        engine, next(one for one in to_dict(answer)["quotes"] if one["quote"].startswith("Attic"))
    )
    assert told["quote"] == told["sentence"]
    assert (cells, named) == (["Attic", "35 crowns"], list(HEADER))
    assert "“" + "\n".join(SHOWN) + "”" in plain_citation(answer)
    assert "> " + SHOWN[0].replace("|", "\\|") in markdown(answer)


def test_what_stands_beside_a_table_has_no_header(engine: Engine) -> None:
    quotes = to_dict(engine.ask("What about the caretaker?"))["quotes"]
    beside = next(one for one in quotes if "caretaker" in one["quote"])
    assert (beside["header"], beside["cells"]) == (None, [])
